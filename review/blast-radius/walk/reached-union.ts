import { groupBy } from "../../group-by";
import { type Certainty, GATES, isCertain, type Lifetime, type ReachedThing } from "../blast-radius";

/**
 * The same thing by several ways counts once, with the easiest way and the longest lifetime.
 *
 * A certain entry and a possible one that is easier or lasts longer both stay.
 */
export function reachedUnion(all: Iterable<ReachedThing>): readonly ReachedThing[] {
  const found = new Map<string, Map<boolean, ReachedThing>>();
  for (const one of all) {
    const key = thingOf(one);
    const known = found.get(key) ?? new Map<boolean, ReachedThing>();
    const alike = known.get(isCertain(one));
    found.set(key, known.set(isCertain(one), alike === undefined ? one : together(alike, one)));
  }
  return [...found.values()].flatMap((ways) => ofBoth(ways.get(true), ways.get(false)));
}

function ofBoth(certain: ReachedThing | undefined, possible: ReachedThing | undefined): readonly ReachedThing[] {
  if (certain === undefined || possible === undefined) return [certain ?? possible].flatMap((one) => one ?? []);
  const isMore = gateOf(possible) < gateOf(certain) || timeOf(possible.lasting) > timeOf(certain.lasting);
  if (isMore) return [certain, possible];
  // The lifetime of the certain way: the other may have another reason.
  return [{ ...together(certain, possible), lasting: certain.lasting }];
}

/** Each thing once, by its easiest way */
export function easiestWays(all: readonly ReachedThing[]): readonly ReachedThing[] {
  return [...groupBy(all, thingOf).values()].flatMap((ways) => [...ways].sort(compare).slice(0, 1));
}

/** Equal for the same action on the same thing */
export function thingOf({ kind, target, does }: Pick<ReachedThing, "kind" | "target" | "does">): string {
  return JSON.stringify([kind, target, does]);
}

function together(one: ReachedThing, other: ReachedThing): ReachedThing {
  const easier = compare(one, other) <= 0 ? one : other;
  const [a, b] = [one.sensitivity, other.sensitivity];
  const sensitivity = a !== undefined && (b === undefined || a.covers(b)) ? a : b;
  return {
    ...easier,
    ...(sensitivity !== undefined && { sensitivity }),
    isHigh: one.isHigh || other.isHigh,
    isOutward: one.isOutward || other.isOutward,
    lasting: longer(one.lasting, other.lasting),
  };
}

/** By gate, certainty, distance and text: a total order, so the input order never decides. */
function compare(one: ReachedThing, other: ReachedThing): number {
  return (
    gateOf(one) - gateOf(other) ||
    byCertainty(one, other) ||
    one.hop - other.hop ||
    (textOf(one) < textOf(other) ? -1 : 1)
  );
}

function gateOf({ gate }: ReachedThing): number {
  return GATES.indexOf(gate);
}

/** Certain entries first */
export function byCertainty(one: Certainty, other: Certainty): number {
  return Number(isCertain(other)) - Number(isCertain(one));
}

function textOf({ by, as, route, bounds, source }: ReachedThing): string {
  return JSON.stringify([bounds.length, by, as, route, bounds, source]);
}

function timeOf({ seconds }: Lifetime): number {
  return seconds ?? Infinity;
}

export function longer(one: Lifetime, other: Lifetime): Lifetime {
  const [a, b] = [timeOf(one), timeOf(other)];
  if (a === b) return one.because <= other.because ? one : other;
  return a > b ? one : other;
}
