import type { AuditEvent } from "../audit/audit";

/** For so long a refusal that is like one on record is counted, and not recorded by itself */
export const REPEAT_SECONDS = 60;
/** Refusals that are told apart at once; beyond it the one that is known for longest is told and forgotten. */
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
 * Refusals by what is the same about them. The first is recorded at once, whatever it is; those that follow within a minute are counted,
 * and told in one record.
 */
export class Repeats {
  private readonly known = new Map<string, Known>();
  /** By fact and caller */
  private readonly named = new Map<string, Set<string>>();
  private timer: NodeJS.Timeout | undefined;

  /** @param tell told of what was counted, when it is known no longer */
  constructor(private readonly tell: (event: AuditEvent) => void) {}

  /**
   * Whether the refusal is to be recorded by itself; else it is counted, and the number is told within a minute, also where no refusal
   * follows. A process that ends before has lost it.
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

  /** A first one is on no record after all, so the next that is like it is a first one again; the number of those that were counted is told. */
  public unrecorded(event: AuditEvent, caller: string): void {
    const key = keyOf(event, caller, this.alike(event, caller));
    const known = this.known.get(key);
    if (known?.first === event) this.forget(key, known);
  }

  /** Tell all that was counted, and know nothing any more. */
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
