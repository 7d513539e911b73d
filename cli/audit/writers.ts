import type { Finding } from "./finding";
import type { Run, Runs } from "./writer-runs";

/** How many records each writer has written, as the state store says */
export type WriterHeads = ReadonlyMap<string, number>;

/** Sequence numbers from one to another, both included, and the entry before which they are missing */
interface Gap {
  first: number;
  last: number;
  readonly index: number;
}

interface Writer {
  /** Highest sequence number so far */
  last: number;
  gaps: Gap[];
}

/** Gaps of one writer that are kept; more would be no log but noise */
const MOST_GAPS = 1_000;

/** Whether each writer's records are in the log once, from 1 on and in their order. */
export class Writers {
  private readonly writers = new Map<string, Writer>();

  constructor(private readonly report: (finding: Finding) => void) {}

  /** Take what comes next in the log. */
  public add(runs: Runs): void {
    for (const [writer, some] of runs) for (const run of some) this.addRun(writer, run);
  }

  public get count(): number {
    return this.writers.size;
  }

  /** How many records are missing among those that are there */
  public get missing(): number {
    let missing = 0;
    for (const { gaps } of this.writers.values()) for (const { first, last } of gaps) missing += last - first + 1;
    return missing;
  }

  /** Report what is still missing at the end. */
  public reportGaps(): void {
    for (const [writer, { gaps }] of this.writers) {
      for (const { first, last, index } of gaps) {
        const which = first === last ? `record ${first}` : `records ${first} to ${last}`;
        const what = `${which} of writer ${writer} missing before entry ${index}`;
        this.report({ code: "writer.gap", what, index, writer, sequence: first });
      }
    }
  }

  /** Report what the state store has and the log has not. */
  public compare(heads: WriterHeads): void {
    for (const [writer, head] of heads) {
      const last = this.writers.get(writer)?.last ?? 0;
      if (last >= head) continue;
      if (last === 0) {
        const what = `writer ${writer} has written up to record ${head}, and none is in the log`;
        this.report({ code: "writer.lost", what, writer, sequence: 1 });
      } else {
        const what = `writer ${writer} has written up to record ${head}, and the log ends with its record ${last}`;
        this.report({ code: "writer.tail-lost", what, writer, sequence: last + 1 });
      }
    }
  }

  private addRun(writer: string, { first, last, index }: Run): void {
    const known = this.writers.get(writer) ?? { last: 0, gaps: [] };
    this.writers.set(writer, known);
    if (first > known.last + 1 && known.gaps.length < MOST_GAPS)
      known.gaps.push({ first: known.last + 1, last: first - 1, index });
    if (first <= known.last) this.addAgain(writer, known, { first, last: Math.min(last, known.last), index });
    known.last = Math.max(known.last, last);
  }

  /** Records from below what was seen: each was missing until now, or is there twice. */
  private addAgain(writer: string, known: Writer, { first, last, index }: Run): void {
    let late = 0;
    known.gaps = known.gaps.flatMap((gap) => {
      const [from, to] = [Math.max(gap.first, first), Math.min(gap.last, last)];
      if (from > to) return [gap];
      late += to - from + 1;
      return [
        ...(gap.first < from ? [{ ...gap, last: from - 1 }] : []),
        ...(to < gap.last ? [{ ...gap, first: to + 1 }] : []),
      ];
    });
    const at = { index, writer, sequence: first };
    if (late > 0) {
      const what = `record ${first} of writer ${writer} stands behind later ones, at entry ${index}`;
      this.report({ code: "writer.reordered", what, ...at });
    }
    if (late < last - first + 1) {
      const what = `record ${first} of writer ${writer} is there a second time, at entry ${index}`;
      this.report({ code: "writer.repeated", what, ...at });
    }
  }
}
