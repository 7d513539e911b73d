import type { AuditEvent } from "../audit/audit";

/** For so long a refusal that is like one on record is counted, and not recorded by itself */
export const REPEAT_SECONDS = 60;
/** Distinct refusals in memory; beyond it the oldest one is reported and forgotten. */
export const MOST_REPEATS = 10_000;
/** Audiences of one caller that are told apart: it names them as it likes. */
export const MOST_AUDIENCES = 32;
/** Users, and transactions, of one caller that are told apart: an agent without a user begins as many transactions as it likes. */
export const MOST_SERVED = 32;

/** By these, two refusals are alike. A token is one that is on record as issued. */
const ALIKE = [
  "service",
  "spiffeId",
  "agent",
  "task",
  "way",
  "token",
  "error",
  "codes",
  "tool",
  "call",
  "asked",
  "via",
  "by",
  "killSwitch",
  "isFolded",
] as const;
/** By these too, as far as they are told apart */
const BOUNDED: Readonly<Record<string, number>> = { audience: MOST_AUDIENCES, user: MOST_SERVED, txn: MOST_SERVED };

interface Known {
  readonly first: AuditEvent;
  readonly facts: AuditEvent["facts"];
  count: number;
  last: number;
}

/**
 * Aggregates equal refusals. The first is recorded at once; repeats within a minute are counted, and reported in one
 * record.
 */
export class Repeats {
  private readonly known = new Map<string, Known>();
  /** By fact and caller */
  private readonly named = new Map<string, Set<string>>();
  private timer: NodeJS.Timeout | undefined;

  /** @param tell told of what was counted, when it is known no longer */
  constructor(private readonly tell: (event: AuditEvent) => void) {}

  /**
   * Whether the refusal gets a record of its own; otherwise it is counted, and the count is recorded within a minute,
   * even without further refusals. If the process ends earlier, the count is lost.
   *
   * @param count of refusals for which the event stands
   */
  public isFirst(event: AuditEvent, caller: string, count = 1): boolean {
    const facts = this.alike(event, caller);
    const key = keyOf(event, caller, facts);
    const before = this.known.get(key);
    if (before !== undefined && event.time < before.first.time + REPEAT_SECONDS && event.time >= before.first.time) {
      before.count = Math.min(before.count + count, Number.MAX_SAFE_INTEGER);
      before.last = event.time;
      this.timer ??= setTimeout(() => this.flush(), REPEAT_SECONDS * 1_000).unref();
      return false;
    }
    if (before !== undefined) this.forget(key, before);
    const [oldest] = this.known;
    if (this.known.size >= MOST_REPEATS && oldest !== undefined) this.forget(...oldest);
    this.known.set(key, { first: event, facts, count: 0, last: event.time });
    return true;
  }

  /**
   * The first one was not recorded after all, so the next equal one counts as the first; earlier counts are still
   * reported.
   */
  public unrecorded(event: AuditEvent, caller: string): void {
    const key = keyOf(event, caller, this.alike(event, caller));
    const known = this.known.get(key);
    if (known?.first === event) this.forget(key, known);
  }

  /** Report all counts, and reset. */
  public flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const [key, known] of this.known) this.forget(key, known);
    this.named.clear();
  }

  private alike({ facts }: AuditEvent, caller: string): AuditEvent["facts"] {
    const same = Object.fromEntries(ALIKE.flatMap((name) => (facts[name] === undefined ? [] : [[name, facts[name]]])));
    const apart = Object.keys(BOUNDED).flatMap((name) => {
      const value = facts[name];
      return typeof value === "string" && this.isToldApart(name, caller, value) ? [[name, value]] : [];
    });
    return { ...same, ...Object.fromEntries(apart) };
  }

  private isToldApart(name: string, caller: string, value: string): boolean {
    const key = JSON.stringify([name, caller]);
    const named = this.named.get(key) ?? new Set<string>();
    if (named.size < (BOUNDED[name] ?? 0)) this.named.set(key, named.add(value));
    return named.has(value);
  }

  private forget(key: string, { first: { kind, time }, facts, count, last }: Known): void {
    this.known.delete(key);
    if (count === 0) return;
    this.tell({ kind: `${kind}.repeated`, time: last, facts: { ...facts, repeated: count, since: time } });
  }
}

function keyOf({ kind }: AuditEvent, caller: string, facts: AuditEvent["facts"]): string {
  return JSON.stringify([kind, caller, facts]);
}
