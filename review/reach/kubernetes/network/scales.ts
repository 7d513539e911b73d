import { SCALES } from "../../../../iam/conditions/scales";
import { type Interval, IntervalSet } from "../../../../iam/sets/interval-set";
import { NumberValues } from "../sets/number-values";

const PORTS = { from: 0n, to: 65_535n };

/** Undefined where it is no port */
export function portRange(from: string, to: string): NumberValues | undefined {
  if (!/^\d{1,5}$/.test(from) || !/^\d{1,5}$/.test(to)) return undefined;
  return new NumberValues(IntervalSet.of([{ from: BigInt(from), to: BigInt(to) }]), PORTS);
}

/** Addresses of a block but for some blocks; undefined where one of them cannot be read */
export function addresses(cidr: string, except: readonly string[]): NumberValues | undefined {
  const whole = SCALES.ip.range(cidr);
  const holes = except.map((hole) => SCALES.ip.range(hole));
  if (whole === undefined || holes.includes(undefined)) return undefined;
  const left = IntervalSet.of(holes.flatMap((hole) => hole ?? [])).complement(SCALES.ip.universe);
  return new NumberValues(IntervalSet.of([whole]).intersect(left), SCALES.ip.universe);
}

/** One address of a set, or of all where there is none */
export function exampleAddress(values: NumberValues | undefined): string {
  const preferred = SCALES.ip.preferred;
  return SCALES.ip.write(values?.example(preferred) ?? (preferred[0] as bigint));
}

/** A block where it is one, else from the first address to the last */
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
