import type { Value } from "../../json";
import { auditLogKey } from "../../store/keys";
import { type StateStore, StoreConflict, type Write } from "../../store/store";
import { EMPTY_ROOT } from "../tlog/merkle-hash";
import type { LogState } from "./log-state";

export interface LogHoldProps {
  readonly store: StateStore;
  /** Names this process */
  readonly holder: string;
  /** Milliseconds from any beginning, that never go back */
  readonly elapsed: () => number;
}

/** A holder whose item did not change for so long is taken to be gone. Measured by who waits, so that no two clocks must agree. */
export const LEASE_MILLISECONDS = 3_000;
const RENEW_MILLISECONDS = 1_000;

interface Held {
  readonly state: LogState;
  readonly version: number;
  readonly at: number;
}

/**
 * The right to integrate, of one process at a time. The version of the log's item is the fence: it grows with each change, and who
 * was passed by fails at the next one.
 */
export class LogHold {
  private held: Held | undefined;
  /** What another process said last that integrates */
  public others: LogState | undefined;
  private seen: { readonly version: number; readonly at: number } | undefined;

  constructor(private readonly props: LogHoldProps) {}

  /**
   * The log's state, where this process may integrate
   *
   * @returns undefined if another one does
   * @throws StoreUnavailable, StoreConflict: it is not held
   */
  public async state(): Promise<LogState | undefined> {
    if (this.held === undefined) return this.taken();
    const { state, at } = this.held;
    return this.props.elapsed() - at >= RENEW_MILLISECONDS ? this.change(state) : state;
  }

  /** Whether no other process has taken over. @throws StoreUnavailable */
  public async isStillHeld(): Promise<boolean> {
    try {
      if (this.held !== undefined) await this.change(this.held.state);
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
    }
    return this.held !== undefined;
  }

  /**
   * Change the state, together with other items.
   *
   * @throws StoreConflict if another process has taken over: nothing was written
   * @throws StoreUnavailable
   */
  public async change(to: Omit<LogState, "holder">, writes: readonly Write[] = []): Promise<LogState> {
    return this.put(to, this.held?.version, writes);
  }

  /**
   * Run work that may outlast the lease, and renew the hold meanwhile. Otherwise, with slow log storage, processes
   * would take over from one another and none would finish.
   */
  public async during<T>(work: () => Promise<T>): Promise<T> {
    let renewed: Promise<unknown> = Promise.resolve();
    const renew = async (): Promise<void> => {
      if (this.held !== undefined) await this.change(this.held.state);
    };
    // What keeps it from being renewed fails at the next change.
    const timer = setInterval(() => (renewed = renewed.then(renew).catch(() => undefined)), RENEW_MILLISECONDS);
    try {
      return await work();
    } finally {
      clearInterval(timer);
      await renewed;
    }
  }

  /**
   * Fences a transaction, so that only the present holder can commit it. @throws StoreConflict if this process does not
   * hold it
   */
  public fence(): Write {
    if (this.held === undefined) throw new StoreConflict([], "another process integrates the log");
    return { kind: "check", key: auditLogKey(), when: { version: this.held.version } };
  }

  /** Let another process take over at once. */
  public async release(): Promise<void> {
    const { held } = this;
    this.held = undefined;
    if (held !== undefined) await this.props.store.write([itemOf({ ...held.state, holder: "" }, held.version)]);
  }

  /** Forget what is held: it must be taken again. */
  public lose(): void {
    this.held = undefined;
  }

  private async taken(): Promise<LogState | undefined> {
    const { store, holder } = this.props;
    const [item] = await store.read([auditLogKey()]);
    if (item === undefined) {
      const empty = { store: await store.identity(), size: 0, root: EMPTY_ROOT.toString("base64"), plan: null };
      return this.put(empty, undefined);
    }
    const state = item.value as unknown as LogState;
    this.others = state;
    const isFree = state.holder === "" || state.holder === holder;
    return isFree || this.isSilent(item.version) ? this.put(state, item.version) : undefined;
  }

  private isSilent(version: number): boolean {
    const now = this.props.elapsed();
    if (this.seen?.version !== version) this.seen = { version, at: now };
    return now - this.seen.at >= LEASE_MILLISECONDS;
  }

  private async put(
    to: Omit<LogState, "holder">,
    version: number | undefined,
    writes: readonly Write[] = [],
  ): Promise<LogState> {
    const { store, holder, elapsed } = this.props;
    const at = elapsed();
    const state = { ...to, holder };
    this.held = undefined;
    try {
      await store.write([itemOf(state, version), ...writes]);
    } catch (error) {
      // Which item conflicted does not matter to the caller.
      throw error instanceof StoreConflict ? new StoreConflict([], "another process integrates the log") : error;
    }
    this.held = { state, version: (version ?? 0) + 1, at };
    return state;
  }
}

function itemOf(state: LogState, version: number | undefined): Write {
  const when = version === undefined ? "absent" : { version };
  return { kind: "put", key: auditLogKey(), value: state as unknown as Value, when };
}
