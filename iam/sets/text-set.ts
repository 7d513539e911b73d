import type { Budget } from "./budget";
import { Glob } from "./glob";
import { fold } from "./private/letters";
import { keptExample } from "./private/kept-examples";
import { Search } from "./private/search";
import { plainlyCovers } from "./private/steps";

/** The texts that match at least one glob of each list of `all`, and none of `none`. */
export interface TextSet {
  readonly all: readonly (readonly Glob[])[];
  readonly none: readonly Glob[];
}

const ANY_TEXT = Glob.of("*", "text");

/**
 * A short text of the set, the same for the same set; undefined: the set is empty.
 *
 * An opaque part is one letter, equal to itself only, and written as it is in the pattern.
 *
 * @throws TooComplex if deciding takes more steps than `budget` has left
 */
export function exampleOf(set: TextSet, budget: Budget): string | undefined {
  return keptExample(set.all, set.none, budget, () => foundIn(set, budget));
}

function foundIn(set: TextSet, budget: Budget): string | undefined {
  const [first = [ANY_TEXT], ...others] = [...set.all].sort((a, b) => cost(a) - cost(b));
  for (const glob of first) {
    const example = exampleIn(glob, others, set.none, budget);
    if (example !== undefined) return example;
  }
  return undefined;
}

/**
 * Whether every text that matches one of `some` matches one of `others`.
 *
 * @throws TooComplex if deciding takes more steps than `budget` has left
 */
export function isWithin(some: readonly Glob[], others: readonly Glob[], budget: Budget): boolean {
  const same = new Set(others);
  return some.every((glob) => same.has(glob) || exampleIn(glob, [], others, budget) === undefined);
}

/**
 * Whether no text matches one of `some` and one of `others`, for every value of their opaque parts, for a reason that
 * is quick to see: prefixes differ, or a plain text is not matched. False if that is not plain.
 *
 * @throws TooComplex if looking takes more steps than `budget` has left
 */
export function areDisjoint(some: readonly Glob[], others: readonly Glob[], budget: Budget): boolean {
  return some.every(({ widest: one }) =>
    others.every(({ widest: other }) => {
      budget.spend();
      if (!meets(one, other)) return true;
      if (one.ignoresCase !== other.ignoresCase) return false;
      if (one.isLiteral) return !other.matches(one.sample, budget);
      return other.isLiteral && !one.matches(other.sample, budget);
    }),
  );
}

/** Literals first: each is one text to test. Then the shorter list. */
function cost(list: readonly Glob[]): number {
  return list.every((glob) => glob.isLiteral) ? 0 : list.length;
}

/** Most questions end before the search: prefixes differ, a pattern stands within another, a plain text is in the set. */
function exampleIn(
  glob: Glob,
  lists: readonly (readonly Glob[])[],
  none: readonly Glob[],
  budget: Budget,
): string | undefined {
  budget.spend(1 + lists.length + none.length / 16);
  if (none.some((other) => covers(other, glob, budget))) return undefined;
  const others = lists
    .filter((list) => !list.some((other) => covers(other, glob, budget)))
    .map((list) => list.filter((other) => meets(other, glob)));
  if (others.some((list) => list.length === 0)) return undefined;

  const text = glob.sample;
  if (
    others.every((list) => list.some((other) => other.matches(text, budget))) &&
    !none.some((other) => other.matches(text, budget))
  ) {
    return text;
  }
  if (glob.isLiteral && !glob.ignoresCase) return undefined;
  return new Search({ glob, others, none: none.filter((other) => meets(other, glob)) }, budget).shortest();
}

/** Whether `wide` matches all that `glob` matches, for a reason that is quick to see. */
function covers(wide: Glob, glob: Glob, budget: Budget): boolean {
  if (wide === glob || wide.isAnything) return true;
  if (!wide.ignoresCase && glob.ignoresCase) return false;
  if (wide.prefix.length > glob.prefix.length || !meets(wide, glob)) return false;
  return wide.isPrefix || plainlyCovers(wide.steps, glob.steps, budget);
}

/** Whether the prefixes leave room for a text that both match. From their end: most begin alike, as ARNs do. */
function meets(one: Glob, other: Glob): boolean {
  const [a, b] = [one.prefix, other.prefix];
  const isMixed = one.ignoresCase !== other.ignoresCase;
  for (let at = Math.min(a.length, b.length) - 1; at >= 0; at--) {
    const [x, y] = [a[at] as number, b[at] as number];
    if (x !== y && !(isMixed && fold(x) === fold(y))) return false;
  }
  return true;
}
