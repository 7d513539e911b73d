import { randomUUID } from "node:crypto";
import { type Clock, systemClock } from "../clock";
import type { Value } from "../json";
import { checkedPut } from "../store/checked";
import { auditHeadKey, auditRecordKey, auditWriterKey } from "../store/keys";
import type { PersonKeys } from "../store/persons/person-keys";
import { type StateStore, StoreConflict, StoreUnavailable, type Write } from "../store/store";
import type { Act, Ledger } from "./audit";
import type { Backlog } from "./backlog";
import { checkedAct, type PendingAct } from "./batch";
import { writtenFacts } from "./personal-facts";
import { recordOf } from "./record";
import { WaitingActs } from "./waiting-acts";
import type { WriterHead } from "./written-records";

/** So often the head is read again where it is not what it was, before an act is given up */
const HEADS_TRIED = 3;
/** Most acts that wait: further ones would exceed their callers' time limit. */
export const MOST_WAITING = 2_000;

export interface AuditLedgerProps {
  readonly store: StateStore;
  /** @default the system's */
  readonly clock?: Clock;
  /**
   * Names the writer: one process alone.
   *
   * @default a random one
   */
  readonly writer?: string;
  /**
   * What is written, and not yet in the log
   *
   * @default - none is counted: for who writes a record and ends
   */
  readonly backlog?: Pick<Backlog, "check" | "written">;
  /**
   * Under which persons and arguments are written
   *
   * @default - none: an event that tells of a person or an argument is refused
   */
  readonly persons?: Pick<PersonKeys, "keyOf">;
  /**
   * Id of the current request's trace
   *
   * @default - none
   */
  readonly trace?: () => string | undefined;
}

/** The head, and the version of its item: 0 if there is none */
type KnownHead = WriterHead & { readonly version: number };

/**
 * The audit records of one writer, numbered and written together with what they tell. Acts that come while a transaction is under
 * way go together into the next, so that one writer keeps up with many requests.
 */
export class AuditLedger implements Ledger {
  private name: string;
  private readonly store: StateStore;
  private readonly clock: Clock;
  private readonly waiting = new WaitingActs();
  private running = false;
  /** Undefined if it must be read: before the first write, and after a write with an unknown result */
  private head: KnownHead | undefined;
  private readonly backlog: AuditLedgerProps["backlog"];
  private readonly persons: AuditLedgerProps["persons"];
  private readonly trace: NonNullable<AuditLedgerProps["trace"]>;
  /** Acts for which keys are being read */
  private asking = 0;

  constructor(props: AuditLedgerProps) {
    const { store, clock = systemClock, writer = randomUUID(), backlog, persons, trace = () => undefined } = props;
    this.store = store;
    this.backlog = backlog;
    this.persons = persons;
    this.trace = trace;
    this.clock = clock;
    this.name = writer;
  }

  /** Name of the writer of these records; it changes if the writer was closed for silence */
  public get writer(): string {
    return this.name;
  }

  public async commit(act: Act): Promise<void> {
    if (act.stops !== true) this.backlog?.check();
    if (this.waiting.size + this.asking >= MOST_WAITING)
      throw new StoreUnavailable(`${MOST_WAITING} acts wait to be written`);
    const trace = act.trace === undefined ? this.trace() : act.trace;
    const told = writtenFacts(act.event, this.persons, act.stops);
    // What fails with one act, such as a value that is too long once it is sealed, must fail no other.
    const prepared = this.store.prepared?.(act.writes) ?? act.writes;
    const isReady = !(told instanceof Promise) && !(prepared instanceof Promise);
    const [facts, writes] = isReady ? [told, prepared] : await this.asked(Promise.all([told, prepared]));
    const traced = typeof trace === "string" ? { ...facts, trace } : facts;
    const { kind, time } = act.event;
    const checked = checkedAct(writes, { kind, time, facts: traced });
    await new Promise<void>((resolve, reject) => {
      this.waiting.add({ ...checked, resolve, reject });
      if (!this.running) void this.run();
    });
  }

  private async asked<T>(keys: Promise<T>): Promise<T> {
    this.asking += 1;
    try {
      return await keys;
    } finally {
      this.asking -= 1;
    }
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.waiting.size > 0) {
      const batch = this.waiting.take();
      await this.written(batch);
      for (const act of batch) this.waiting.end(act);
    }
    this.running = false;
  }

  /** Write these acts, and answer each. */
  private async written(batch: readonly PendingAct[], tried = 1): Promise<void> {
    try {
      const head = (this.head ??= await this.readHead());
      this.head = await this.transact(batch, head);
      this.backlog?.written(this.writer, this.head.sequence);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      if (error instanceof StoreConflict) return this.retried(batch, error, tried);
      this.head = undefined;
      // Those behind would wait for a store that does not answer, past their callers' time limit.
      const all = error instanceof StoreUnavailable ? [...batch, ...this.waiting.giveUp()] : batch;
      for (const { reject } of all) reject(error as Error);
    }
  }

  /** Nothing was written: fail the acts whose own conditions did not hold, and retry the others. */
  private async retried(batch: readonly PendingAct[], conflict: StoreConflict, tried: number): Promise<void> {
    const { failed, message } = conflict;
    let first = 0;
    const failures = batch.map(({ writes }) => {
      const own = failed.map((index) => index - first).filter((index) => index >= 0 && index < writes.length);
      first += writes.length;
      return own;
    });
    const others = batch.filter((_, index) => failures[index]?.length === 0);
    for (const [index, { reject }] of batch.entries()) {
      const own = failures[index] as readonly number[];
      if (own.length > 0) reject(new StoreConflict(own, message));
    }
    if (others.length < batch.length) return others.length === 0 ? undefined : this.written(others, tried);
    // The head has moved, or one of the acts conflicted, and the store does not say which.
    if (failed.length === 0 && batch.length > 1) {
      for (const pending of batch) await this.written([pending]);
    } else if (failed.length > 0 && tried < HEADS_TRIED) {
      this.head = undefined;
      await this.written(batch, tried + 1);
    } else {
      for (const { reject } of batch) reject(new StoreConflict([], message));
    }
  }

  private async readHead(): Promise<KnownHead> {
    const [item] = await this.store.read([auditHeadKey(this.writer)]);
    if (item === undefined) return { sequence: 0, version: 0 };
    const { sequence, closed } = item.value as unknown as WriterHead;
    if (closed !== true) return { sequence, version: item.version };
    this.name = randomUUID();
    return { sequence: 0, version: 0 };
  }

  private async transact(batch: readonly PendingAct[], head: KnownHead): Promise<KnownHead> {
    const records = batch.map(({ event, form }, index): Write => {
      const sequence = head.sequence + index + 1;
      const { record, text } = recordOf(this.writer, sequence, event, form);
      const key = auditRecordKey(this.writer, sequence);
      return checkedPut({ kind: "put", key, value: record as unknown as Value, when: "absent" }, text);
    });
    const sequence = head.sequence + batch.length;
    const when = head.version === 0 ? "absent" : { version: head.version };
    const ends: Write[] = [{ kind: "put", key: auditHeadKey(this.writer), value: { sequence }, when }];
    if (head.version === 0) {
      ends.push({ kind: "put", key: auditWriterKey(this.writer), value: { since: this.clock() }, when: "absent" });
    }
    await this.store.write([...batch.flatMap(({ writes }) => writes), ...records, ...ends]);
    return { sequence, version: head.version + 1 };
  }
}
