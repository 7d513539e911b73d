import type { Interval, IntervalSet } from "../../sets/interval-set";

/** Texts that are compared as what they mean, each a point or a range on a line of integers. */
export interface Scale {
  /** Everything that a value can be */
  readonly universe: Interval;
  /** A value of a request; undefined if it is not on this scale. */
  read(text: string): bigint | undefined;
  /** A value of a policy; undefined if it is malformed. */
  range(text: string): Interval | undefined;
  write(point: bigint): string;
  /** Points that people know, best first */
  readonly preferred: readonly bigint[];
  /** What a readable point is a multiple of, best first; the last is 1. */
  readonly units: readonly bigint[];
}

/** For scales on which a policy names points only. */
export function pointOf(read: (text: string) => bigint | undefined): (text: string) => Interval | undefined {
  return (text) => {
    const point = read(text);
    return point === undefined ? undefined : { from: point, to: point };
  };
}

/** Values in `set` that are easy to read, best first; empty if `set` is. */
export function examplesOn(scale: Scale, set: IntervalSet): readonly string[] {
  const known = scale.preferred.filter((point) => set.has(point));
  return [...known, ...roundest(scale, set)].map((point) => scale.write(point));
}

function roundest({ universe, units }: Scale, set: IntervalSet): readonly bigint[] {
  for (const unit of units) {
    for (const { from, to } of set.intervals) {
      // The end of the universe is not a written value: use the other end.
      const point = from === universe.from ? floorTo(to, unit) : -floorTo(-from, unit);
      if (from <= point && point <= to) return [point];
    }
  }
  return [];
}

function floorTo(value: bigint, unit: bigint): bigint {
  const rest = value % unit;
  return rest < 0n ? value - rest - unit : value - rest;
}
