interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly bytes: number;
  /** Of `performance.now`, from which nobody waits for it any more */
  readonly until: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export interface GatheredProps<Question, Answer> {
  /** Gives as many answers as it gets questions, in their order */
  readonly send: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  /** Questions of one request */
  readonly most: number;
  /** Of all questions of one request, as JSON */
  readonly mostBytes: number;
  /** For which a question waits to be sent */
  readonly patienceMilliseconds: number;
  readonly late: () => Error;
}

/** Requests under way at once; what comes meanwhile goes together in the next one. */
const MOST_UNDER_WAY = 2;

/**
 * Asks several questions in one request where they come faster than answers do. One that comes alone waits for nothing, and each
 * fails by itself unless the whole request does.
 */
export class Gathered<Question, Answer> {
  private waiting: Waiting<Question, Answer>[] = [];
  private underWay = 0;

  constructor(private readonly props: GatheredProps<Question, Answer>) {}

  public ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const bytes = Buffer.byteLength(JSON.stringify(question));
      const until = performance.now() + this.props.patienceMilliseconds;
      this.waiting.push({ question, bytes, until, resolve, reject });
      this.next();
    });
  }

  /** Whether nothing waits, and nothing is under way */
  public get isIdle(): boolean {
    return this.waiting.length === 0 && this.underWay === 0;
  }

  private next(): void {
    while (this.waiting.length > 0 && this.underWay < MOST_UNDER_WAY) {
      const batch = this.batch();
      if (batch.length === 0) continue;
      this.underWay += 1;
      void this.sent(batch).finally(() => {
        this.underWay -= 1;
        this.next();
      });
    }
  }

  /** As many as fit, the first in any case. What waited for too long is not asked at all: its answer would come to nobody. */
  private batch(): readonly Waiting<Question, Answer>[] {
    const { most, mostBytes, late } = this.props;
    const now = performance.now();
    const batch: Waiting<Question, Answer>[] = [];
    let bytes = 0;
    let taken = 0;
    for (const one of this.waiting) {
      if (one.until <= now) one.reject(late());
      else if (batch.length > 0 && (batch.length >= most || bytes + one.bytes > mostBytes)) break;
      else {
        batch.push(one);
        bytes += one.bytes;
      }
      taken += 1;
    }
    this.waiting = this.waiting.slice(taken);
    return batch;
  }

  private async sent(batch: readonly Waiting<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.props.send(batch.map(({ question }) => question));
      batch.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
