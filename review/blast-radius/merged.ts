import { GATES, type Lasting, type Reached } from "./reached";

/** The same thing by several ways: the easiest of them, and the longest time of all */
export function merged(all: Iterable<Reached>): readonly Reached[] {
  const found = new Map<string, Reached>();
  for (const one of all) {
    const key = JSON.stringify([one.kind, one.target, one.does]);
    const known = found.get(key);
    found.set(key, known === undefined ? one : together(known, one));
  }
  return [...found.values()];
}

function together(one: Reached, other: Reached): Reached {
  const easier = compare(one, other) <= 0 ? one : other;
  const [a, b] = [one.sensitivity, other.sensitivity];
  const sensitivity = a !== undefined && (b === undefined || a.covers(b)) ? a : b;
  const isCertain = one.unknown === undefined || other.unknown === undefined;
  const { unknown, ...rest } = easier;
  return {
    ...rest,
    ...(sensitivity !== undefined && { sensitivity }),
    ...(!isCertain && unknown !== undefined && { unknown }),
    isHigh: one.isHigh || other.isHigh,
    isOutward: one.isOutward || other.isOutward,
    lasting: longer(one.lasting, other.lasting),
  };
}

/** What needs less, then what is nearer, then what is known, then by name: equal ways are never told apart by their order. */
function compare(one: Reached, other: Reached): number {
  return (
    GATES.indexOf(one.gate) - GATES.indexOf(other.gate) ||
    one.hop - other.hop ||
    Number(one.unknown !== undefined) - Number(other.unknown !== undefined) ||
    (textOf(one) < textOf(other) ? -1 : 1)
  );
}

function textOf({ by, as, route, bounds, source }: Reached): string {
  return JSON.stringify([bounds.length, by, as, route, bounds, source]);
}

export function longer(one: Lasting, other: Lasting): Lasting {
  const [a, b] = [one.seconds ?? Infinity, other.seconds ?? Infinity];
  if (a === b) return one.because <= other.because ? one : other;
  return a > b ? one : other;
}
