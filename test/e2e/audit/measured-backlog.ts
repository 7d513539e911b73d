import { Backlog, type BacklogBounds } from "../../../runtime/audit/backlog";
import type { Uncosigned } from "../../../runtime/audit/uncosigned";

/** How long records have waited for the log, each by the clock of the process that wrote it */
export interface Waits {
  readonly records: number;
  /** Milliseconds from the end of the commit to the checkpoint that has the record */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** Looks at the records that began after a commit, until one had it, at most */
  readonly looks: number;
}

/** Counts looks, and notes for each transaction by which of them the log has it. */
export class MeasuredBacklog extends Backlog {
  private readonly open: { readonly sequence: number; readonly at: number; readonly look: number }[] = [];
  private readonly milliseconds: number[] = [];
  private looks = 0;
  private most = 0;

  constructor(bounds?: BacklogBounds, uncosigned?: Uncosigned) {
    super(bounds, undefined, uncosigned);
  }

  /** A look has ended. */
  public looked(): void {
    this.looks += 1;
  }

  public override written(writer: string, sequence: number): void {
    this.open.push({ sequence, at: performance.now(), look: this.looks });
    super.written(writer, sequence);
  }

  /** Told within a look */
  public override integrated(cursors: ReadonlyMap<string, number>): void {
    super.integrated(cursors);
    const to = cursors.get(this.writer ?? "") ?? 0;
    for (let first = this.open[0]; first !== undefined && first.sequence <= to; first = this.open[0]) {
      this.milliseconds.push(performance.now() - first.at);
      // The look in which it was committed may have begun before.
      this.most = Math.max(this.most, this.looks - first.look);
      this.open.shift();
    }
  }

  public get waits(): Waits {
    const sorted = [...this.milliseconds].sort((one, other) => one - other);
    const at = (part: number): number => Math.round(sorted[Math.floor(part * (sorted.length - 1))] ?? 0);
    return { records: sorted.length, p50: at(0.5), p99: at(0.99), longest: at(1), looks: this.most };
  }
}
