/** From one integer to another, both of them in it. */
export interface Interval {
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * A set of integers as disjoint intervals.
 *
 * Integers, so that every set is exact: an open end is the closed end one further on. What is no integer by itself (a
 * decimal, a moment, an address) is counted in its smallest unit. Immutable.
 */
export class IntervalSet {
  /** @param intervals in any order; they may overlap, and those that end before they begin are empty */
  public static of(intervals: readonly Interval[]): IntervalSet {
    const sorted = intervals
      .filter(({ from, to }) => from <= to)
      .sort((a, b) => (a.from < b.from ? -1 : Number(a.from > b.from)));
    const merged: Interval[] = [];
    for (const interval of sorted) {
      const last = merged.at(-1);
      if (last === undefined || interval.from > last.to + 1n) merged.push(interval);
      else if (interval.to > last.to) merged[merged.length - 1] = { from: last.from, to: interval.to };
    }
    return new IntervalSet(merged);
  }

  private constructor(
    /** Ascending, with a gap between each and the next */
    public readonly intervals: readonly Interval[],
  ) {}

  public get isEmpty(): boolean {
    return this.intervals.length === 0;
  }

  public has(value: bigint): boolean {
    let low = 0;
    let high = this.intervals.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const { from, to } = this.intervals[middle] as Interval;
      if (value < from) high = middle - 1;
      else if (value > to) low = middle + 1;
      else return true;
    }
    return false;
  }

  public intersect(other: IntervalSet): IntervalSet {
    const common: Interval[] = [];
    for (let i = 0, j = 0; i < this.intervals.length && j < other.intervals.length;) {
      const a = this.intervals[i] as Interval;
      const b = other.intervals[j] as Interval;
      common.push({ from: a.from > b.from ? a.from : b.from, to: a.to < b.to ? a.to : b.to });
      if (a.to < b.to) i += 1;
      else j += 1;
    }
    return IntervalSet.of(common);
  }

  /** What of `universe` is not in this set. */
  public complement(universe: Interval): IntervalSet {
    const gaps: Interval[] = [];
    let from = universe.from;
    for (const interval of this.intervals) {
      gaps.push({ from, to: interval.from - 1n });
      from = interval.to + 1n;
    }
    return IntervalSet.of([...gaps, { from, to: universe.to }]).intersect(IntervalSet.of([universe]));
  }
}
