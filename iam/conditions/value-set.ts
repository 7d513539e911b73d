import type { Budget } from "../sets/budget";
import type { Glob } from "../sets/glob";
import type { IntervalSet } from "../sets/interval-set";
import { exampleOf, type TextSet } from "../sets/text-set";
import { examplesOn, SCALES, type ScaleName } from "./scales";

/**
 * Single values of a key: texts that are in `text` and on every one of the scales.
 *
 * A key that is tested as a number is taken to hold numbers, and so with the other scales.
 */
export interface ValueSet {
  readonly text: TextSet;
  readonly onScales: ReadonlyMap<ScaleName, IntervalSet>;
}

export const ALL_VALUES: ValueSet = { text: { all: [], none: [] }, onScales: new Map() };

export function intersect(a: ValueSet, b: ValueSet): ValueSet {
  const onScales = new Map(a.onScales);
  for (const [name, set] of b.onScales) onScales.set(name, onScales.get(name)?.intersect(set) ?? set);
  return { text: { all: [...a.text.all, ...b.text.all], none: [...a.text.none, ...b.text.none] }, onScales };
}

/**
 * A value in `set`; undefined if there is none.
 *
 * If texts meet a scale, or scales meet each other, and it is unknown whether they share a value, it is a value of one
 * of them: this over-approximates, never under-approximates.
 */
export function valueIn(set: ValueSet, budget: Budget): string | undefined {
  const { onScales } = set;
  const text = withoutExcluded(set.text);
  if (onScales.size === 0) return exampleOf(text, budget);
  const points = [...onScales].map(([name, each]) => examplesOn(SCALES[name], each));
  if (points.some(({ length }) => length === 0)) return undefined;

  const named = literalsOf(text);
  if (named !== undefined) {
    return likeliest(
      set,
      named.map((literal) => exampleOf({ all: [...text.all, [literal]], none: text.none }, budget)),
    );
  }
  const onEvery = points.flat().find((point) => isIn(set, point) === true);
  if (onEvery !== undefined) return onEvery;
  const inText = exampleOf(text, budget);
  return inText === undefined ? undefined : (likeliest(set, [inText]) ?? points.flat()[0]);
}

/** Long lists that differ in a few values are compared value by value, not each with every other. */
function withoutExcluded({ all, none }: TextSet): TextSet {
  const excluded = new Set(none);
  return { all: all.map((globs) => globs.filter((glob) => !excluded.has(glob))), none };
}

/** Every text of the set, where it names them one by one. */
function literalsOf({ all }: TextSet): readonly Glob[] | undefined {
  return all.find((globs) => globs.every((glob) => glob.isLiteral));
}

/** The first candidate in `set`, or else the first that a scale cannot judge. */
function likeliest(set: ValueSet, candidates: readonly (string | undefined)[]): string | undefined {
  const texts = candidates.filter((candidate) => candidate !== undefined);
  return texts.find((value) => isIn(set, value) === true) ?? texts.find((value) => isIn(set, value) === undefined);
}

function isIn({ text, onScales }: ValueSet, value: string): boolean | undefined {
  const matches = (glob: Glob): boolean => glob.matches(value);
  if (!text.all.every((globs) => globs.some(matches)) || text.none.some(matches)) return false;
  const verdicts = [...onScales].map(([name, set]) => {
    const point = SCALES[name].read(value);
    return point === undefined ? undefined : set.has(point);
  });
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}
