import type { RulePath, Rules, StatementRule } from "./rule";

/** An Allow that may let through more than before */
export interface Candidate {
  readonly path: RulePath;
  readonly rule: StatementRule;
}

/**
 * The Allows of the first layer of each path of `head`, but for those that plainly let through no more than in `base`.
 *
 * Those stood in a path whose other layers let through as much, and what was forbidden still is.
 */
export function candidates(base: Rules, head: Rules): readonly Candidate[] {
  const forbidsAsMuch = isSubset(base.denies, head.denies);
  return head.paths.flatMap((path) => {
    const [first = [], ...others] = path.layers;
    const asWide = base.paths.filter(
      ({ layers }) =>
        layers.length === path.layers.length &&
        others.every((layer, index) => isSubset(layer, layers[index + 1] as readonly StatementRule[])),
    );
    const known = forbidsAsMuch ? textsOf(asWide.flatMap(({ layers }) => layers[0] ?? [])) : new Set();
    return first.filter(({ text }) => !known.has(text)).map((rule) => ({ path, rule }));
  });
}

function isSubset(some: readonly StatementRule[], others: readonly StatementRule[]): boolean {
  const texts = textsOf(others);
  return some.every(({ text }) => texts.has(text));
}

function textsOf(rules: readonly StatementRule[]): ReadonlySet<string> {
  return new Set(rules.map(({ text }) => text));
}
