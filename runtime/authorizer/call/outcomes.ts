import { setTimeout as after } from "node:timers/promises";
import { LIMITS } from "../../../domain";
import { type Log, told } from "../../log";
import type { AccessTokenClaims } from "../../token/access-token";
import { type Ending, type ExchangeState, MOST_BYTES, type ToldOutcomes } from "../exchange-state";
import { bytesOf, type EntryText } from "../entry-text";
import { endOf } from "../answer/end-of";
import type { Allowed } from "./spent-calls";

export type Outcome = Ending["outcome"];

export interface EndingFacts extends Pick<Ending, "code"> {
  /** Tokens of a model */
  readonly used?: number | undefined;
  /** Of them, those that the model wrote; only measured */
  readonly written?: number | undefined;
}

interface UnderWay {
  readonly call: Allowed;
  /** Id of its trace */
  readonly trace: string | undefined;
  readonly timer: NodeJS.Timeout;
  /** When its outcome was told */
  readonly told: Promise<void>;
  readonly resolve: () => void;
  isOver: boolean;
  /** Whether a call waits for its outcome */
  isAwaited: boolean;
}

interface Ended extends UnderWay {
  readonly id: string;
  readonly outcome: Outcome;
  readonly attempts: number;
  readonly text: EntryText;
  readonly bytes: number;
}

const MILLISECONDS = 1_000;
/** Of a stream, and for Envoy to tell */
const LONGEST_MILLISECONDS = (LIMITS.stream.seconds + 30) * MILLISECONDS;

/** For which an outcome waits for a call that it can go with */
const CARRIED_MILLISECONDS = 50;
/** Of the exchange's limit, in the bytes of one request */
const MOST_AT_ONCE = 32;
/** An outcome that cannot be told is tried again: an order waits for it. */
const ATTEMPTS = 3;
const PAUSE_MILLISECONDS = 1_000;
/** For which a call waits for the outcome of one before it, which is on its way */
const TOLD_MILLISECONDS = 1_000;

/**
 * Calls that went out, until their outcome is known. An outcome that Envoy does not report in time is unknown, and so
 * are those of calls in flight when the process ends: they do not count as successes.
 *
 * Outcomes are sent with the next decision request, and by themselves if none comes or if a call waits for one of them.
 */
export class Outcomes {
  private readonly underWay = new Map<string, UnderWay>();
  private readonly ended: Ended[] = [];
  /** JSON of claims, which many calls have in common */
  private readonly claims = new WeakMap<AccessTokenClaims, string>();
  private waiting: NodeJS.Timeout | undefined;
  private telling: Promise<void> | undefined;

  constructor(
    private readonly exchange: Pick<ExchangeState, "carry" | "ended">,
    private readonly log: Log,
    /** Told how each call ended, once; never throws */
    private readonly onEnd: (id: string, outcome: Outcome, facts: EndingFacts) => void = () => undefined,
    /** Id of the trace of the call that goes out now */
    private readonly traceId: () => string | undefined = () => undefined,
  ) {
    exchange.carry((mostBytes) => this.carried(mostBytes));
  }

  public begin(id: string, call: Allowed): void {
    const timer = setTimeout(() => this.over(id), LONGEST_MILLISECONDS).unref();
    let resolve = (): void => undefined;
    const told = new Promise<void>((done) => (resolve = done));
    this.underWay.set(id, { call, trace: this.traceId(), timer, told, resolve, isOver: false, isAwaited: false });
  }

  /** One that went out and is not told of yet */
  public callOf(id: string): Allowed | undefined {
    return this.underWay.get(id)?.call;
  }

  /**
   * Wait until the outcomes of these actions are told: an agent has the answer of a call a moment before Envoy tells of it, and an
   * order must not be broken by that moment.
   *
   * @param session whose calls
   * @param actions `<tool>.<action>`
   */
  public async toldOf(session: string, actions: ReadonlySet<string>): Promise<void> {
    if (actions.size === 0) return;
    const waited = [...this.underWay.values()].filter(
      ({ call: { bound, facts } }) => bound.claims.sid === session && actions.has(`${facts.tool}.${facts.action}`),
    );
    if (waited.length === 0) return;
    for (const each of waited) each.isAwaited = true;
    if (waited.some(({ isOver }) => isOver)) this.tellNow();
    const all = Promise.all(waited.map(({ told }) => told));
    await Promise.race([all, after(TOLD_MILLISECONDS, undefined, { ref: false })]);
  }

  /**
   * Report an outcome once; repeated and unknown ids are ignored.
   *
   * @param used tokens of a model: without them the whole reservation stays spent
   * @param code why the gateway ended it
   */
  public end(id: string, outcome: Outcome, { used, written, code }: EndingFacts = {}): void {
    const found = this.underWay.get(id);
    if (found === undefined || found.isOver) return;
    found.isOver = true;
    clearTimeout(found.timer);
    this.onEnd(id, outcome, { used, written, code });
    const text = this.textOf(found, outcome, { used, code });
    this.add([{ id, outcome, attempts: 1, text, bytes: bytesOf(text), ...found }]);
  }

  /** Envoy did not report in time. The answer's reader is closed too, to release its memory. */
  private over(id: string): void {
    const answer = this.callOf(id)?.answer;
    if (answer !== undefined) endOf(answer, true);
    this.end(id, "unknown");
  }

  /** Tell all that ended, and wait until that is done. */
  public async settled(): Promise<void> {
    this.tellNow();
    await this.telling;
  }

  private add(ended: readonly Ended[]): void {
    this.ended.push(...ended);
    if (this.ended.length >= MOST_AT_ONCE || ended.some(({ isAwaited }) => isAwaited)) this.tellNow();
    else this.waiting ??= setTimeout(() => this.tellNow(), CARRIED_MILLISECONDS);
  }

  private tellNow(): void {
    clearTimeout(this.waiting);
    this.waiting = undefined;
    this.telling ??= this.tell().finally(() => (this.telling = undefined));
  }

  /** All that has ended meanwhile goes in one request. */
  private async tell(): Promise<void> {
    while (this.ended.length > 0) await this.sent(this.ended.splice(0, this.fitting(MOST_BYTES) || 1));
  }

  /** How many fit into so many bytes */
  private fitting(mostBytes: number): number {
    let bytes = 0;
    const beyond = this.ended.findIndex((each, index) => {
      bytes += each.bytes;
      return index >= MOST_AT_ONCE || bytes > mostBytes;
    });
    return beyond < 0 ? this.ended.length : beyond;
  }

  private carried(mostBytes: number): ToldOutcomes | undefined {
    const batch = this.ended.splice(0, this.fitting(mostBytes));
    if (batch.length === 0) return undefined;
    if (this.ended.length === 0) {
      clearTimeout(this.waiting);
      this.waiting = undefined;
    }
    return {
      endings: batch.map(({ text }) => text),
      settle: (untold) => this.settle(batch, untold),
      fail: (error) => this.failed(batch, error),
    };
  }

  private async sent(batch: readonly Ended[]): Promise<void> {
    try {
      this.settle(batch, await this.exchange.ended(batch.map(({ text }) => text)));
    } catch (error) {
      this.failed(batch, error);
    }
  }

  private settle(batch: readonly Ended[], places: readonly number[]): void {
    const untold = batch.filter((_, place) => places.includes(place));
    this.forget(batch.filter((each) => !untold.includes(each)));
    if (untold.length > 0) this.failed(untold, null);
  }

  /** @param error null if the exchange told of each by itself */
  private failed(untold: readonly Ended[], error: unknown): void {
    const calls = untold.map(({ id, outcome }) => `${id} ${outcome}`);
    this.log("outcome.untold", { calls, because: error === null ? null : told(error) });
    const again = untold.filter(({ attempts }) => attempts < ATTEMPTS);
    this.forget(untold.filter((each) => !again.includes(each)));
    if (again.length === 0) return;
    // Others are told meanwhile.
    setTimeout(
      () => this.add(again.map((each) => ({ ...each, attempts: each.attempts + 1 }))),
      PAUSE_MILLISECONDS,
    ).unref();
  }

  private forget(batch: readonly Ended[]): void {
    for (const { id, resolve } of batch) {
      this.underWay.delete(id);
      resolve();
    }
  }

  private textOf({ call, trace }: UnderWay, outcome: Outcome, { used, code }: EndingFacts): EntryText {
    const { bound, facts, untrusted, reservation, requestDigest } = call;
    const { claims } = bound;
    let known = this.claims.get(claims);
    if (known === undefined) {
      known = JSON.stringify(claims);
      this.claims.set(claims, known);
    }
    const settled = reservation === undefined || used === undefined ? {} : { settled: { reservation, used } };
    const rest = { call: facts, outcome, untrusted, code, requestDigest, trace, ...settled };
    return { common: known, rest: JSON.stringify(rest) };
  }
}
