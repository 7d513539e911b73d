import { setTimeout as after } from "node:timers/promises";
import { LIMITS } from "../../../domain";
import { type Log, told } from "../../log";
import { type Ending, type ExchangeState, MOST_BYTES } from "../exchange-state";
import type { Allowed } from "./authorizer";

export type Outcome = Ending["outcome"];

interface UnderWay {
  readonly call: Allowed;
  readonly timer: NodeJS.Timeout;
  /** When its outcome was told */
  readonly told: Promise<void>;
  readonly resolve: () => void;
  isOver: boolean;
}

interface Ended extends UnderWay {
  readonly id: string;
  readonly outcome: Outcome;
  readonly attempts: number;
}

const MILLISECONDS = 1_000;
/** Of a stream, and for Envoy to tell */
const LONGEST_MILLISECONDS = (LIMITS.stream.seconds + 30) * MILLISECONDS;

/** So that calls of one moment are told of in one request */
const GATHERED_MILLISECONDS = 5;
/** Of the exchange's limit, in the bytes of one request */
const MOST_AT_ONCE = 32;
/** An outcome that cannot be told is tried again: an order waits for it. */
const ATTEMPTS = 3;
const PAUSE_MILLISECONDS = 1_000;
/** For which a call waits for the outcome of one before it, which is on its way */
const TOLD_MILLISECONDS = 1_000;

/**
 * Calls that went out, until their outcome is known. What nobody tells in time is unknown, and so is what is under way when the
 * process ends: it has not succeeded.
 */
export class Outcomes {
  private readonly underWay = new Map<string, UnderWay>();
  private readonly ended: Ended[] = [];
  private telling: Promise<void> | undefined;

  constructor(
    private readonly exchange: Pick<ExchangeState, "ended">,
    private readonly log: Log,
  ) {}

  public begin(id: string, call: Allowed): void {
    const timer = setTimeout(() => this.end(id, "unknown"), LONGEST_MILLISECONDS).unref();
    let resolve = (): void => undefined;
    const told = new Promise<void>((done) => (resolve = done));
    this.underWay.set(id, { call, timer, told, resolve, isOver: false });
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
    const waited = [...this.underWay.values()]
      .filter(
        ({ call: { bound, facts } }) => bound.claims.sid === session && actions.has(`${facts.tool}.${facts.action}`),
      )
      .map(({ told }) => told);
    if (waited.length > 0)
      await Promise.race([Promise.all(waited), after(TOLD_MILLISECONDS, undefined, { ref: false })]);
  }

  /** Told once; a second time, and of what is not known, nothing happens. */
  public end(id: string, outcome: Outcome): void {
    const found = this.underWay.get(id);
    if (found === undefined || found.isOver) return;
    found.isOver = true;
    clearTimeout(found.timer);
    this.add([{ id, outcome, attempts: 1, ...found }]);
  }

  private add(ended: readonly Ended[]): void {
    this.ended.push(...ended);
    this.telling ??= this.tell().finally(() => (this.telling = undefined));
  }

  /** Wait until all that ended is told. */
  public async settled(): Promise<void> {
    await this.telling;
  }

  public get size(): number {
    return this.underWay.size;
  }

  /** All that has ended meanwhile goes in one request. */
  private async tell(): Promise<void> {
    await after(GATHERED_MILLISECONDS);
    while (this.ended.length > 0) await this.sent(this.ended.splice(0, this.fitting()));
  }

  /** How many fit into one request, one in any case */
  private fitting(): number {
    let bytes = 0;
    const beyond = this.ended.findIndex((each, index) => {
      bytes += Buffer.byteLength(JSON.stringify(endingOf(each)));
      return index > 0 && (index >= MOST_AT_ONCE || bytes > MOST_BYTES);
    });
    return beyond < 0 ? this.ended.length : beyond;
  }

  private async sent(batch: readonly Ended[]): Promise<void> {
    const untold = await this.untoldOf(batch);
    const again = untold.filter(({ attempts }) => attempts < ATTEMPTS);
    this.forget(batch.filter((each) => !again.includes(each)));
    if (again.length === 0) return;
    // Others are told meanwhile.
    setTimeout(
      () => this.add(again.map((each) => ({ ...each, attempts: each.attempts + 1 }))),
      PAUSE_MILLISECONDS,
    ).unref();
  }

  private async untoldOf(batch: readonly Ended[]): Promise<readonly Ended[]> {
    let untold = batch;
    let because: string | null = null;
    try {
      const places = await this.exchange.ended(batch.map(endingOf));
      untold = batch.filter((_, index) => places.includes(index));
    } catch (error) {
      because = told(error);
    }
    const calls = untold.map(({ id, outcome }) => `${id} ${outcome}`);
    if (calls.length > 0) this.log("outcome.untold", { calls, because });
    return untold;
  }

  private forget(batch: readonly Ended[]): void {
    for (const { id, resolve } of batch) {
      this.underWay.delete(id);
      resolve();
    }
  }
}

function endingOf({ call: { bound, facts, untrusted }, outcome }: Ended): Ending {
  return { claims: bound.claims, call: facts, outcome, untrusted };
}
