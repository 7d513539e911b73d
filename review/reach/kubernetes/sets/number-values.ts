import { IntervalSet, type Interval } from "../../../../iam/sets/interval-set";
import { SCALES } from "../../../../iam/conditions/scales";

/** A set of integers of one universe, such as ports or addresses. Immutable. */
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

  /** One number of the set: the first suggestion in it, otherwise one that is no end of an interval. */
  public example(suggestions: readonly bigint[]): bigint | undefined {
    const suggested = suggestions.find((number) => this.set.has(number));
    if (suggested !== undefined) return suggested;
    const first = this.set.intervals[0];
    return first === undefined || first.from === first.to ? first?.from : first.from + 1n;
  }
}

const PORTS = { from: 0n, to: 65_535n };

/** Undefined if it is no port */
export function portRange(from: string, to: string): NumberValues | undefined {
  if (!/^\d{1,5}$/.test(from) || !/^\d{1,5}$/.test(to)) return undefined;
  return new NumberValues(IntervalSet.of([{ from: BigInt(from), to: BigInt(to) }]), PORTS);
}

/** Addresses of a CIDR block without some blocks; undefined if one of them cannot be read */
export function addresses(cidr: string, except: readonly string[]): NumberValues | undefined {
  const whole = SCALES.ip.range(cidr);
  const holes = except.map((hole) => SCALES.ip.range(hole));
  if (whole === undefined || holes.includes(undefined)) return undefined;
  const left = IntervalSet.of(holes.flatMap((hole) => hole ?? [])).complement(SCALES.ip.universe);
  return new NumberValues(IntervalSet.of([whole]).intersect(left), SCALES.ip.universe);
}

/** One address of the set; without a set, of all addresses */
export function exampleAddress(values: NumberValues | undefined): string {
  const preferred = SCALES.ip.preferred;
  return SCALES.ip.write(values?.example(preferred) ?? (preferred[0] as bigint));
}

/** CIDR if it is a block, otherwise the first address and the last */
export function rangeText({ from, to }: Interval): string {
  const size = to - from + 1n;
  const first = SCALES.ip.write(from);
  if (size === 1n) return first;
  const hostBits = size.toString(2).length - 1;
  const bits = first.includes(":") ? 128 : 32;
  const block = `${first}/${bits - hostBits}`;
  const range = SCALES.ip.range(block);
  return range?.from === from && range.to === to ? block : `${first} - ${SCALES.ip.write(to)}`;
}
