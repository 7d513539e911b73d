interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly bytes: number;
  /** Of `performance.now`, after which it is not sent any more */
  readonly until: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export interface GatheredProps<Question, Answer> {
  /** Gives as many answers as it gets questions, in their order */
  readonly send: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  /** Of a question, at most */
  readonly bytesOf: (question: Question) => number;
  /** Questions of one request */
  readonly most: number;
  /** Of all questions of one request */
  readonly mostBytes: number;
  /** For which a question waits to be sent */
  readonly patienceMilliseconds: number;
  readonly late: () => Error;
}

/** Requests under way at once; what comes meanwhile goes together in the next one. */
const MOST_UNDER_WAY = 2;
/** For which the answer of one is waited for before there is another one beside it: most come sooner, and more go together. */
const ALONE_MILLISECONDS = 12;
/** Questions of a request from which on it is worth to wait for others: what wakes two processes costs more than one more question. */
const MANY = 3;
/** For which they are waited for */
const GATHERING_MILLISECONDS = 3;

/**
 * Asks several questions in one request where they come faster than answers do. One that comes alone waits for no other: only
 * where the last request had many, others are waited for. Each fails by itself unless the whole request does.
 */
export class Gathered<Question, Answer> {
  private waiting: Waiting<Question, Answer>[] = [];
  private underWay = 0;
  /** Questions of the last request */
  private lastSize = 0;
  /** Of `performance.now`, when the last request began */
  private lastBegan = -Infinity;
  /** Whether the next request begins with the next turn of the event loop */
  private isNext = false;
  /** Until there may be another request beside the last one */
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly props: GatheredProps<Question, Answer>) {}

  public ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const until = performance.now() + this.props.patienceMilliseconds;
      this.waiting.push({ question, bytes: this.props.bytesOf(question), until, resolve, reject });
      this.plan();
    });
  }

  /** Behind what is done now: questions of one moment go together. */
  private plan(): void {
    if (this.waiting.length === 0 || this.underWay >= MOST_UNDER_WAY || this.isNext) return;
    const wait = this.wait();
    if (wait > 0 && this.waiting.length < this.props.most) {
      this.timer ??= setTimeout(() => this.next(), wait);
      return;
    }
    this.isNext = true;
    setImmediate(() => this.next());
  }

  /** Milliseconds */
  private wait(): number {
    if (this.underWay > 0) return this.lastBegan + ALONE_MILLISECONDS - performance.now();
    return this.lastSize >= MANY ? GATHERING_MILLISECONDS : 0;
  }

  private stopWaiting(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private next(): void {
    this.stopWaiting();
    this.isNext = false;
    const batch = this.batch();
    if (batch.length > 0) {
      this.underWay += 1;
      this.lastSize = batch.length;
      this.lastBegan = performance.now();
      void this.sent(batch).finally(() => {
        this.underWay -= 1;
        this.stopWaiting();
        this.plan();
      });
    }
    this.plan();
  }

  /** As many as fit, the first in any case. What waited for too long is not asked at all: its caller has gone. */
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
