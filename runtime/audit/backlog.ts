import { StoreUnavailable } from "../store/store";
import { Uncosigned } from "./uncosigned";

/** How long written records may wait for the log, in seconds, and how many of them */
export interface BacklogBounds {
  /** From here on it is an alarm */
  readonly alarmSeconds: number;
  /** From here on acts are refused */
  readonly refuseSeconds: number;
  /** From here on acts are refused, however old the oldest is */
  readonly refuseRecords: number;
}

export const BACKLOG_BOUNDS: BacklogBounds = { alarmSeconds: 10, refuseSeconds: 60, refuseRecords: 100_000 };

/** What a process has written that is not in the log yet, as figures */
export interface BacklogFigures {
  readonly records: number;
  /** Age of the oldest; 0 if there is none */
  readonly oldestSeconds: number;
}

/** The log is too far behind: nothing was written. Fails closed like an unavailable store. */
export class AuditBehind extends StoreUnavailable {}

/** The records of this process that are written and not in the log yet */
export class Backlog {
  /** Last sequence number of each transaction, and when it was written */
  private readonly waiting: { readonly sequence: number; readonly at: number }[] = [];
  /** Whose records are counted; undefined before the first */
  public writer: string | undefined;
  private integratedTo = 0;
  private writtenTo = 0;
  /** Told of each transaction; an integrator in this process looks at once */
  public onWritten: () => void = () => undefined;

  /** @param elapsed milliseconds from any beginning, that never go back */
  constructor(
    private readonly bounds: BacklogBounds = BACKLOG_BOUNDS,
    private readonly elapsed: () => number = () => performance.now(),
    /** Of what is in the log */
    public readonly uncosigned = new Uncosigned(),
  ) {}

  /** @param writer whose records are counted from here on: all of another one before are in the log */
  public written(writer: string, sequence: number): void {
    if (writer !== this.writer) {
      this.writer = writer;
      this.integratedTo = 0;
      this.waiting.length = 0;
    }
    this.writtenTo = sequence;
    this.waiting.push({ sequence, at: this.elapsed() });
    this.onWritten();
  }

  /** @param cursors how many records of each writer are in the log */
  public integrated(cursors: ReadonlyMap<string, number>): void {
    const sequence = cursors.get(this.writer ?? "") ?? 0;
    this.integratedTo = Math.max(this.integratedTo, sequence);
    const rest = this.waiting.findIndex((each) => each.sequence > this.integratedTo);
    this.waiting.splice(0, rest === -1 ? this.waiting.length : rest);
  }

  public get figures(): BacklogFigures {
    const [oldest] = this.waiting;
    if (oldest === undefined) return { records: 0, oldestSeconds: 0 };
    return { records: this.writtenTo - this.integratedTo, oldestSeconds: (this.elapsed() - oldest.at) / 1_000 };
  }

  /** Whether to log it */
  public get isAlarming(): boolean {
    const { records, oldestSeconds } = this.figures;
    return records > 0 && oldestSeconds >= this.bounds.alarmSeconds;
  }

  /** @throws AuditBehind, AuditUnwitnessed if nothing more may be written */
  public check(): void {
    this.uncosigned.check();
    const { records, oldestSeconds } = this.figures;
    const { refuseSeconds, refuseRecords } = this.bounds;
    if (oldestSeconds < refuseSeconds && records < refuseRecords) return;
    throw new AuditBehind(`${records} records wait for the log, the oldest for ${Math.floor(oldestSeconds)} s`);
  }
}
