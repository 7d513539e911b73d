import type { Glob } from "../sets/glob";
import { IntervalSet, type Interval } from "../sets/interval-set";
import { globOf, isNegated, type KeyTest } from "./key-test";
import { type Scale, SCALES, type ScaleName } from "./scales";
import { ALL_VALUES, type ValueSet } from "./value-set";

/** What the values of a test name, by texts or on a scale */
type Named = { readonly globs: readonly Glob[] } | { readonly scale: ScaleName; readonly set: IntervalSet };

/** A memo on frozen values */
const NAMED = new WeakMap<KeyTest, Named>();

/** Whether one value passes `test`; undefined if the operator cannot compare it. */
export function passes(test: KeyTest, value: string): boolean | undefined {
  const named = namedBy(test);
  if ("globs" in named) return named.globs.some((glob) => glob.matches(value)) !== isNegated(test);
  const point = SCALES[named.scale].read(value);
  return point === undefined ? undefined : named.set.has(point) !== isNegated(test);
}

/** The single values that pass `test`, or those that do not. */
export function valuesWhere(test: KeyTest, pass: boolean): ValueSet {
  const named = namedBy(test);
  const within = pass !== isNegated(test);
  if ("globs" in named) {
    return { ...ALL_VALUES, text: within ? { all: [named.globs], none: [] } : { all: [], none: named.globs } };
  }
  const set = within ? named.set : named.set.complement(SCALES[named.scale].universe);
  return { ...ALL_VALUES, onScales: new Map([[named.scale, set]]) };
}

/** Read once: a test is asked many times. */
function namedBy(test: KeyTest): Named {
  const known = NAMED.get(test);
  if (known !== undefined) return known;
  const named = read(test);
  NAMED.set(test, named);
  return named;
}

function read({ type, base, key, values }: KeyTest): Named {
  if (type === "text") return { globs: values.map((value) => globOf(base, value)) };
  if (type === "null" || type === "opaque") throw new Error(`${base} on ${key} names no values that can be compared`);
  const scale: Scale = SCALES[type];
  const ranges = values.map((value) => scale.range(value)).filter((range) => range !== undefined);
  return { scale: type, set: IntervalSet.of(ranges.map((range) => compared(base, range, scale.universe))) };
}

/** What an operator makes of one value of its policy. */
function compared(base: string, { from, to }: Interval, universe: Interval): Interval {
  if (base.endsWith("LessThan")) return { from: universe.from, to: from - 1n };
  if (base.endsWith("LessThanEquals")) return { from: universe.from, to };
  if (base.endsWith("GreaterThan")) return { from: to + 1n, to: universe.to };
  if (base.endsWith("GreaterThanEquals")) return { from, to: universe.to };
  return { from, to };
}
