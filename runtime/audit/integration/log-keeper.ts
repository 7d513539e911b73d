import type { Log } from "../../log";
import { told } from "../../log";
import { type StateStore, StoreConflict } from "../../store/store";
import type { Backlog, BacklogFigures } from "../backlog";
import { LogError } from "../tlog/log-error";
import { recordsInLog } from "../written-records";
import type { LogIntegrator } from "./integrator";

export interface LogKeeperProps {
  readonly integrator: Pick<LogIntegrator, "close" | "look">;
  readonly store: Pick<StateStore, "read">;
  readonly backlog: Backlog;
  readonly log: Log;
  /** Told of the backlog with each look */
  readonly measure: (figures: BacklogFigures) => void;
  /** Milliseconds from any beginning, that never go back */
  readonly elapsed: () => number;
}

/** Between two looks at what other processes have written */
const LOOK_MILLISECONDS = 300;
/** Between two looks where there is something each time: what comes meanwhile goes together */
const TOGETHER_MILLISECONDS = 250;
const FAILED_MILLISECONDS = 1_000;
/** Between two lines of the same trouble */
const TELL_MILLISECONDS = 60_000;

/** Has the log integrated for as long as the process lives, and tells where it is behind or has forked. */
export class LogKeeper {
  private ended = false;
  private forked = false;
  private wake: () => void = () => undefined;
  private running: Promise<void> | undefined;
  private readonly toldAt = new Map<string, number>();

  constructor(private readonly props: LogKeeperProps) {}

  public start(): void {
    this.props.backlog.onWritten = () => this.wake();
    this.running = this.run();
  }

  /** Bring in what is there, as far as that goes now, and let another process go on. */
  public async close(): Promise<void> {
    if (this.running === undefined) return;
    this.ended = true;
    this.wake();
    await this.running;
    if (!this.forked) await this.look();
    await this.props.integrator.close().catch(() => undefined);
  }

  private async run(): Promise<void> {
    while (!this.ended) {
      const pause = this.forked ? FAILED_MILLISECONDS : await this.look();
      this.tellBacklog();
      await this.paused(pause);
    }
  }

  /** @returns milliseconds until the next look */
  private async look(): Promise<number> {
    const { integrator, backlog, store } = this.props;
    try {
      const { entries, cursors, uncosigned = null } = await integrator.look();
      backlog.uncosigned.since = uncosigned;
      if (cursors !== undefined) backlog.integrated(cursors);
      const { writer, figures } = backlog;
      if (writer !== undefined && figures.records > 0 && cursors?.has(writer) !== true)
        backlog.integrated(new Map([[writer, await recordsInLog(store, writer)]]));
      return entries > 0 ? TOGETHER_MILLISECONDS : LOOK_MILLISECONDS;
    } catch (error) {
      // Another process took over.
      if (error instanceof StoreConflict) return LOOK_MILLISECONDS;
      this.forked = error instanceof LogError;
      this.tell(this.forked ? "audit.forked" : "audit.failed", { because: told(error) });
      return FAILED_MILLISECONDS;
    }
  }

  private tellBacklog(): void {
    const { backlog, log, measure } = this.props;
    measure(backlog.figures);
    const { uncosigned } = backlog;
    if (uncosigned.isAlarming) this.tell("audit.unwitnessed", { seconds: uncosigned.seconds });
    else if (this.toldAt.delete("audit.unwitnessed")) log("audit.witnessed");
    if (backlog.isAlarming) return this.tell("audit.behind", { ...backlog.figures });
    if (this.toldAt.delete("audit.behind")) log("audit.caught-up");
  }

  private tell(event: string, facts: Parameters<Log>[1]): void {
    const now = this.props.elapsed();
    if (now - (this.toldAt.get(event) ?? -Infinity) < TELL_MILLISECONDS) return;
    this.toldAt.set(event, now);
    this.props.log(event, facts);
  }

  /** A write of this process ends the pause early, except the shortest one. */
  private paused(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      const wake = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.wake = () => undefined;
      if (this.ended) wake();
      else if (milliseconds === LOOK_MILLISECONDS) this.wake = wake;
    });
  }
}
