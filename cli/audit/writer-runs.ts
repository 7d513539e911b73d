/** Records of one writer that follow one another without gap, in the log's order */
export interface Run {
  readonly first: number;
  /** Sequence number of the last one, included */
  last: number;
  /** Of the first one's entry */
  readonly index: number;
}

/** Runs of each writer, in the log's order */
export type Runs = Map<string, Run[]>;

/** Writers' records as they come, joined to runs: an honest log has one of each writer. */
export class WriterRuns {
  public readonly runs: Runs = new Map();
  private lastWriter = "";
  private lastRun: Run | undefined;

  public add(writer: string, sequence: number, index: number): void {
    const run = writer === this.lastWriter ? this.lastRun : this.runs.get(writer)?.at(-1);
    if (run !== undefined && run.last === sequence - 1) {
      run.last = sequence;
      this.lastRun = run;
    } else {
      this.lastRun = { first: sequence, last: sequence, index };
      const before = this.runs.get(writer);
      if (before === undefined) this.runs.set(writer, [this.lastRun]);
      else before.push(this.lastRun);
    }
    this.lastWriter = writer;
  }
}
