import { Budget, TooComplex } from "../../sets/budget";
import { exclude } from "./disjoint";
import type { RulePath, Rules, StatementRule } from "./rule";

/** An Allow that may let through more than before */
export interface Candidate {
  readonly path: RulePath;
  readonly rule: StatementRule;
}

/** Steps to see that a Deny is about other requests; what takes more is left to the question itself. */
const QUICK_STEPS = 2_000;

/**
 * The Allows of the first layer of each path of `head`, without those that plainly let through no more than in `base`.
 *
 * Those were in a path whose other layers let through as much, and the other Denies are about other requests.
 */
export function candidates(base: Rules, head: Rules): readonly Candidate[] {
  const forbidden = textsOf(head.denies);
  const lifted = base.denies.filter(({ text }) => !forbidden.has(text));
  return head.paths.flatMap((path) => {
    const [first = [], ...others] = path.layers;
    const asWide = base.paths.filter(
      ({ layers }) =>
        layers.length === path.layers.length &&
        others.every((layer, index) => isSubset(layer, layers[index + 1] as readonly StatementRule[])),
    );
    const known = textsOf(asWide.flatMap(({ layers }) => layers[0] ?? []));
    return first.filter((rule) => !known.has(rule.text) || !areBeside(rule, lifted)).map((rule) => ({ path, rule }));
  });
}

/** Whether none of `denies` is about a request that `rule` lets through. */
function areBeside(rule: StatementRule, denies: readonly StatementRule[]): boolean {
  const budget = new Budget(QUICK_STEPS);
  try {
    return denies.every((deny) => exclude(rule, deny, budget));
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error;
    return false;
  }
}

function isSubset(some: readonly StatementRule[], others: readonly StatementRule[]): boolean {
  const texts = textsOf(others);
  return some.every(({ text }) => texts.has(text));
}

function textsOf(rules: readonly StatementRule[]): ReadonlySet<string> {
  return new Set(rules.map(({ text }) => text));
}
