import { LIMITS } from "../domain";
import { inParts } from "./in-parts";
import { inTime } from "./in-time";

/** Which of these were stopped, by name, and why. Throws if the question cannot be answered in time. */
export type AskStopped = (names: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>;

/** @param codes reasons for which it was stopped; undefined if it could not be asked for too long */
export type Cut = (codes: readonly string[] | undefined) => void;

export interface OpenWorkProps {
  readonly ask: AskStopped;
  /** Names of one question */
  readonly most: number;
  /**
   * Milliseconds from any beginning, that never go back
   *
   * @default - of `performance`
   */
  readonly elapsed?: (() => number) | undefined;
}

interface Open {
  readonly name: string;
  readonly since: number;
  readonly cut: Cut;
  /** When the last question was sent that was answered */
  answeredAt: number;
}

const MILLISECONDS = 1_000;
const TICK_MILLISECONDS = 1_000;
/** Timers are a little early, or late. */
const TOLERANCE_MILLISECONDS = 100;
const ASKED_MILLISECONDS = LIMITS.openAsked.seconds * MILLISECONDS;
/** One that hangs is given up, so that it is asked again before what it was about is cut. */
export const QUESTION_MILLISECONDS = 2_000;
/** For which the decision that let it begin may be old when it begins */
const ROUND_TRIP_MILLISECONDS = 5_000;
const UNANSWERED_MILLISECONDS = LIMITS.openCut.seconds * MILLISECONDS - ROUND_TRIP_MILLISECONDS - TICK_MILLISECONDS;
/** Longest lifetime of an entry: an older one has ended without notice. */
const LONGEST_MILLISECONDS = (LIMITS.stream.seconds + 30) * MILLISECONDS;

/**
 * What is open, until it ends or was stopped. What ends soon costs an entry of a map.
 *
 * INVARIANT: what was stopped is cut within {@link LIMITS}.openCut, whether the exchange can be asked or not.
 */
export class OpenWork {
  private readonly open = new Map<string, Open>();
  private readonly elapsed: () => number;
  /** Names about which a question is under way */
  private readonly asking = new Set<string>();

  constructor(private readonly props: OpenWorkProps) {
    this.elapsed = props.elapsed ?? (() => performance.now());
  }

  /** Ask by itself, until the result is called. */
  public watch(): () => void {
    const timer = setInterval(() => void this.look(), TICK_MILLISECONDS).unref();
    return () => clearInterval(timer);
  }

  /**
   * @param name of what may be stopped, such as a run: several that are open may have one
   * @param since when it was asked for whether it may begin
   */
  public begin(id: string, name: string, cut: Cut, since = this.elapsed()): void {
    this.open.set(id, { name, since, cut, answeredAt: since });
  }

  /** From now on it cannot be cut; no effect if it was. */
  public end(id: string): void {
    this.open.delete(id);
  }

  /** Cut what was not answered about for too long, and ask about what has been open for a while. Never throws. */
  public async look(): Promise<void> {
    const now = this.elapsed();
    this.cutWhere(({ answeredAt }) => now - answeredAt >= UNANSWERED_MILLISECONDS, undefined);
    for (const [id, { since }] of this.open) if (now - since >= LONGEST_MILLISECONDS) this.open.delete(id);
    await Promise.all(this.due(now).map((names) => this.asked(names)));
  }

  private due(now: number): readonly (readonly string[])[] {
    const most = ASKED_MILLISECONDS - TOLERANCE_MILLISECONDS;
    const names = [...this.open.values()].filter(({ answeredAt }) => now - answeredAt >= most).map(({ name }) => name);
    const all = [...new Set(names)].filter((name) => !this.asking.has(name));
    return inParts(all, this.props.most);
  }

  /** Each question fails by itself, and is in the way of no other: what it was about is asked again. */
  private async asked(names: readonly string[]): Promise<void> {
    const askedAt = this.elapsed();
    let stopped: ReadonlyMap<string, readonly string[]>;
    for (const name of names) this.asking.add(name);
    try {
      stopped = await inTime(this.props.ask(names), QUESTION_MILLISECONDS, () => new Error("no answer in time"));
    } catch {
      return;
    } finally {
      for (const name of names) this.asking.delete(name);
    }
    for (const name of names) {
      const codes = stopped.get(name);
      if (codes !== undefined) this.cutWhere((open) => open.name === name, codes);
    }
    const answered = new Set(names);
    for (const open of this.open.values()) {
      if (answered.has(open.name)) open.answeredAt = Math.max(open.answeredAt, askedAt);
    }
  }

  private cutWhere(isCut: (open: Open) => boolean, codes: readonly string[] | undefined): void {
    for (const [id, open] of [...this.open]) {
      if (!isCut(open)) continue;
      this.open.delete(id);
      open.cut(codes);
    }
  }
}
