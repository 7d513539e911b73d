import type { Judgement } from "./judge";
import type { Rule } from "./rule";
import { RULES } from "./rules";

/**
 * A judgement by some rules alone: acknowledgements of what other rules find count neither way, as it is not known whether they find it.
 *
 * @param rules by which it was made
 */
export function ofRules(judgement: Judgement, rules: readonly Rule[]): Judgement {
  const asked = new Set(rules);
  const others = RULES.filter((rule) => !asked.has(rule)).map(({ id }) => `${id}[`);
  if (others.length === 0 || judgement.void.length === 0) return judgement;
  const ended = judgement.void.filter(
    ({ acknowledgement: { finding } }) => !others.some((id) => finding.startsWith(id)),
  );
  return { ...judgement, void: ended };
}
