import type { IntervalSet } from "../../../../iam/sets/interval-set";
import { type Interval } from "../../../../iam/sets/interval-set";

/** A set of whole numbers of one universe, such as ports or addresses. Immutable. */
export class NumberValues {
  public constructor(
    public readonly set: IntervalSet,
    private readonly universe: Interval,
  ) {}

  public get isEmpty(): boolean {
    return this.set.isEmpty;
  }

  public and(other: NumberValues): NumberValues {
    return new NumberValues(this.set.intersect(other.set), this.universe);
  }

  public not(): NumberValues {
    return new NumberValues(this.set.complement(this.universe), this.universe);
  }

  public without(other: NumberValues): NumberValues {
    return this.and(other.not());
  }

  /** One number of it: the first suggestion that is in it where there is one, else one that ends no interval. */
  public example(suggestions: readonly bigint[]): bigint | undefined {
    const suggested = suggestions.find((number) => this.set.has(number));
    if (suggested !== undefined) return suggested;
    const first = this.set.intervals[0];
    return first === undefined || first.from === first.to ? first?.from : first.from + 1n;
  }
}
