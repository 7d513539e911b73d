import type { Clock } from "../clock";
import { inTime } from "../in-time";
import { type Log, told } from "../log";

/** Certain facts about a refusal: nothing from unverified tokens, and no argument, path, header or token */
export interface RefusalFacts {
  readonly codes: readonly string[];
  /** Id under which the first of those that are alike stands in the log */
  readonly decision?: string | undefined;
  readonly [fact: string]: readonly string[] | string | undefined;
}

export interface RefusalTellerProps {
  /**
   * Sends a batch to the exchange, in JSON.
   *
   * @returns places in its list of those that the exchange did not take
   */
  readonly send: (batch: string) => Promise<readonly number[]>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Those that are alike, until they are told */
interface Waiting {
  readonly facts: RefusalFacts;
  /** Whole seconds since the epoch, of the first of them */
  readonly time: number;
  count: number;
}

interface Batch {
  /** As it is sent, in JSON */
  readonly text: string;
  readonly refusals: readonly Waiting[];
  /** Refusals of before that could not be told */
  readonly dropped: number;
}

/** Between two batches, and for which the first of a batch waits for those that are alike */
export const TELLING_MILLISECONDS = 1_000;
/** Of one batch; the exchange takes no more (runtime/exchange/refusals/told-schema.ts). */
export const MOST_TOLD = 100;
/** Of those that are alike, and of those that could not be told: the exchange takes no larger number. */
export const MOST_COUNTED = 1_000_000;
/** That are not alike, and wait to be told */
export const MOST_WAITING = 1_000;
/** The exchange reads 64 KiB. */
const MOST_BYTES = 57_344;
/** Of a process that ends */
const CLOSING_MILLISECONDS = 2_000;

/**
 * Tells the exchange what was refused here, so that it is on record. No request waits for it: refusals that are alike are counted until they are
 * told, and one batch is sent a second. A batch that fails is sent once more; what then could not be told is counted, and its number told.
 */
export class RefusalTeller {
  private readonly waiting = new Map<string, Waiting>();
  /** Keys of those that wait, oldest first, by whose they are */
  private readonly callers = new Map<string, Set<string>>();
  private failed: Batch | undefined;
  private dropped = 0;
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<void> | undefined;
  private isClosed = false;

  constructor(private readonly props: RefusalTellerProps) {}

  /** Never throws, and never waits. */
  public tell(facts: RefusalFacts): void {
    const { decision, ...alike } = facts;
    const key = JSON.stringify(alike);
    const known = this.waiting.get(key);
    if (known !== undefined) {
      if (known.count < MOST_COUNTED) known.count += 1;
      else this.dropped += 1;
      return;
    }
    if (this.waiting.size >= MOST_WAITING) this.giveWay();
    this.waiting.set(key, { facts, time: this.props.clock(), count: 1 });
    const caller = callerOf(facts);
    this.callers.set(caller, (this.callers.get(caller) ?? new Set()).add(key));
    this.plan();
  }

  /** Send one last batch, then stop. */
  public async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    const last = async (): Promise<void> => {
      await this.underWay;
      if (this.waiting.size > 0 || this.failed !== undefined) await this.next();
    };
    await inTime(last(), CLOSING_MILLISECONDS, () => new Error("late")).catch(() => undefined);
  }

  /** Drops the oldest of the caller with the most that wait: one that is refused all the time takes no place from another. */
  private giveWay(): void {
    const [key] = [...this.callers.values()].reduce((most, own) => (own.size > most.size ? own : most));
    const each = key === undefined ? undefined : this.taken(key);
    if (each !== undefined) this.drop([each], "too many wait to be told");
  }

  private taken(key: string): Waiting | undefined {
    const each = this.waiting.get(key);
    if (each === undefined) return undefined;
    this.waiting.delete(key);
    const caller = callerOf(each.facts);
    const own = this.callers.get(caller);
    own?.delete(key);
    if (own?.size === 0) this.callers.delete(caller);
    return each;
  }

  private plan(): void {
    if (this.isClosed || this.underWay !== undefined) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.underWay = this.next().finally(() => {
        this.underWay = undefined;
        if (this.waiting.size > 0 || this.failed !== undefined) this.plan();
      });
    }, TELLING_MILLISECONDS).unref();
  }

  private async next(): Promise<void> {
    const again = this.failed;
    this.failed = undefined;
    const batch = again ?? this.batch();
    const { text, refusals, dropped } = batch;
    try {
      const untold = await this.props.send(text);
      const left = refusals.filter((_, place) => untold.includes(place));
      if (left.length > 0) this.drop(left, "the exchange did not take them");
    } catch (error) {
      if (again === undefined) {
        this.failed = batch;
        return;
      }
      this.dropped += dropped;
      this.drop(refusals, told(error));
    }
  }

  private batch(): Batch {
    const refusals: Waiting[] = [];
    const texts: string[] = [];
    let bytes = 0;
    for (const [key, each] of this.waiting) {
      const text = textOf(each);
      bytes += Buffer.byteLength(text) + 1;
      if (refusals.length === MOST_TOLD || (bytes > MOST_BYTES && refusals.length > 0)) break;
      this.taken(key);
      refusals.push(each);
      texts.push(text);
    }
    const dropped = Math.min(this.dropped, MOST_COUNTED);
    this.dropped -= dropped;
    return { text: `{"refusals":[${texts.join()}],"dropped":${dropped}}`, refusals, dropped };
  }

  private drop(refusals: readonly Waiting[], because: string): void {
    const count = refusals.reduce((sum, each) => sum + each.count, 0);
    this.dropped += count;
    this.props.log("refusals.untold", { refusals: count, because });
  }
}

function textOf({ facts, time, count }: Waiting): string {
  return JSON.stringify({ ...facts, time, count });
}

/** A companion tells of its own agent alone. */
function callerOf({ by }: RefusalFacts): string {
  return typeof by === "string" ? by : "";
}
