import type { Clock } from "../../clock";
import { auditCursorKey } from "../../store/keys";
import type { StateStore, Write } from "../../store/store";
import { LogForked, type LogStorage } from "../storage/log-storage";
import { LogError } from "../tlog/log-error";
import type { NoteSigner } from "../tlog/note-signer";
import { readRecords } from "../written-records";
import type { Cosigning } from "./cosigning";
import { LogFiles } from "./log-files";
import { LogHold } from "./log-hold";
import { entriesOf, type LogPart, type LogPlan, type LogState } from "./log-state";
import { type Cursors, pendingParts, readCursors } from "./pending-records";
import { openClosed, SilentWriters } from "./silent-writers";
import { followLog } from "./restored-log";

export interface IntegratorProps {
  readonly store: StateStore;
  readonly storage: LogStorage;
  /** Its key's name is the log's origin. */
  readonly signer: NoteSigner;
  /** Names this process among those that may integrate */
  readonly holder: string;
  readonly clock: Clock;
  /** Milliseconds from any beginning, that never go back */
  readonly elapsed: () => number;
  /**
   * Has the log cosigned by witnesses
   *
   * @default - none is asked
   */
  readonly cosigning?: Cosigning;
}

/** What stays as it was said, of seconds that too few witnesses have cosigned: it is told where it lasts, and not each time. */
const SHORTEST_WAIT_SECONDS = 5;

/** What one look at the records came to */
export interface Integrated {
  /** Entries that came into the log; 0 if another process integrates, too */
  readonly entries: number;
  /** How many records of each writer are in the log; undefined if another process integrates */
  readonly cursors?: ReadonlyMap<string, number>;
  /** Since when the log has entries that too few witnesses have cosigned, in whole seconds since the epoch; null if there are none */
  readonly uncosigned?: number | null;
}

/**
 * Brings what all writers have written into the log, one process at a time: plans it in the state store, writes the files, publishes
 * the checkpoint and notes the end.
 *
 * INVARIANT: a plan is replaced only when the checkpoint has reached its end, and all files follow from it; so the same bytes
 * are written, no matter which process dies and which goes on.
 */
export class LogIntegrator {
  private readonly hold: LogHold;
  private readonly files: LogFiles;
  private readonly silent = new SilentWriters();
  /** Of the log as it is held; undefined if it must be read */
  private cursors: Cursors | undefined;

  constructor(private readonly props: IntegratorProps) {
    this.hold = new LogHold(props);
    this.files = new LogFiles(props);
  }

  /**
   * Look once.
   *
   * @throws LogError if nothing may be added any more
   * @throws LogUnavailable, StoreUnavailable, StoreConflict, SignerError: what was begun is gone on with at the next look
   */
  public async look(): Promise<Integrated> {
    try {
      const state = await this.hold.state();
      if (state === undefined) {
        this.cursors = undefined;
        return { entries: 0, uncosigned: this.hold.others?.uncosigned ?? null };
      }
      return await this.integrate(state);
    } catch (error) {
      this.cursors = undefined;
      if (!(error instanceof LogError)) this.hold.lose();
      // Who was passed by meanwhile finds what others wrote, and must not take it for a fork.
      else if (!(await this.hold.isStillHeld())) return { entries: 0 };
      throw error;
    }
  }

  /** Let another process go on at once, and then have the last checkpoint cosigned if this process published it. */
  public async close(): Promise<void> {
    const isHeld = this.cursors !== undefined;
    try {
      await this.hold.release();
      if (isHeld && this.files.head.size > 0) await this.props.cosigning?.settle(this.files.head);
    } finally {
      this.props.cosigning?.close();
    }
  }

  private async integrate(held: LogState): Promise<Integrated> {
    const state = this.cursors === undefined ? await this.open(held) : held;
    const cursors = this.cursors as Cursors;
    const { size } = state;
    let { plan } = state;
    if (plan === null) {
      const parts = await pendingParts(this.props.store, cursors);
      if (parts.length === 0) {
        await this.silent.close(this.props.store, cursors, this.hold.fence(), this.props.elapsed());
        return { entries: 0, cursors, uncosigned: await this.tended(state, true) };
      }
      plan = { to: size + entriesOf(parts), parts };
      await this.hold.change({ ...state, plan });
    }
    const done = await this.carryOut(state, plan);
    return { entries: plan.to - size, cursors, uncosigned: await this.tended(done, false) };
  }

  /** Have witnesses asked, and tell other processes how long too few have cosigned. */
  private async tended(state: LogState, rests: boolean): Promise<number | null> {
    const { cosigning, clock } = this.props;
    cosigning?.tend(this.files.head, rests);
    const seconds = cosigning?.waitingSeconds ?? 0;
    const said = state.uncosigned ?? null;
    const since = seconds < SHORTEST_WAIT_SECONDS ? null : clock() - Math.round(seconds);
    if (since === said) return said;
    if (since !== null && said !== null && Math.abs(since - said) < SHORTEST_WAIT_SECONDS) return said;
    await this.hold.change({ ...state, uncosigned: since });
    return since;
  }

  private async carryOut(state: LogState, plan: LogPlan): Promise<LogState> {
    await this.hold.during(async () => {
      const entries: Buffer[] = [];
      for (const part of plan.parts) entries.push(...(await this.entriesOf(part)));
      await this.files.publish(await this.files.write(entries));
    });
    const { size } = this.files.head;
    const writes = plan.parts.map(({ writer, to }): Write => ({
      kind: "put",
      key: auditCursorKey(writer),
      value: to,
      when: "any",
    }));
    const done = await this.hold.change({ ...state, size, root: this.root, plan: null }, writes);
    for (const { writer, to } of plan.parts) this.cursors?.set(writer, to);
    return done;
  }

  /** Records as the log has them: in their RFC 8785 form */
  private async entriesOf({ writer, from, to }: LogPart): Promise<readonly Buffer[]> {
    const records = await readRecords(this.props.store, writer, from, to);
    const missing = records.findIndex(({ sequence }, index) => sequence !== from + index);
    const found = missing === -1 ? records.length : missing;
    if (from + found <= to) throw new LogForked(`the store has lost record ${from + found} of the writer ${writer}`);
    return records.map(({ text }) => Buffer.from(text));
  }

  /** Begin where the store says that the log ends, and where the log does if the store was restored from a backup. */
  private async open(state: LogState): Promise<LogState> {
    const { store, clock, cosigning } = this.props;
    cosigning?.begin(typeof state.uncosigned === "number" ? Math.max(0, clock() - state.uncosigned) : 0);
    const [cursors, identity] = [await readCursors(store), await store.identity()];
    await this.files.open({ size: state.size, root: Buffer.from(state.root, "base64") });
    this.cursors = cursors;
    if (state.size === 0) await openClosed(store, this.hold.fence(), clock());
    if (state.store === identity) return state;
    const to = await this.files.publishedSize();
    await followLog(store, this.files, { from: state.size, to, cursors, fence: this.hold.fence(), now: clock() });
    return this.hold.change({ ...state, store: identity, size: to, root: this.root, plan: null });
  }

  private get root(): string {
    return Buffer.from(this.files.head.root).toString("base64");
  }
}
