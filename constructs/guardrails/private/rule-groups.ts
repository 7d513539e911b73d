import type { Block } from "../block";
import { type BlockRule, isLookedAt } from "../rule";
import type { StackJson } from "../stack";

type IsAbout = BlockRule["isAbout"];

/** Rules that ask the same of a block before they look at it */
export interface RuleGroup {
  readonly isAbout: IsAbout;
  readonly rules: readonly BlockRule[];
}

/** Each rule then says by itself what it cannot decide. */
export function mayBeAbout(isAbout: IsAbout, block: Block, stack: StackJson): boolean {
  try {
    return isAbout === undefined || isAbout(block, stack);
  } catch {
    return true;
  }
}

/** Which rules look at a type: asked once per type, as a stack has many blocks of few types */
export function rulesByType(rules: readonly BlockRule[]): (type: string) => readonly RuleGroup[] {
  const known = new Map<string, readonly RuleGroup[]>();
  return (type) => {
    const before = known.get(type);
    if (before !== undefined) return before;
    const looking = rules.filter(({ looksAt }) => isLookedAt(looksAt, type));
    const groups = new Map<IsAbout, BlockRule[]>();
    for (const rule of looking) groups.set(rule.isAbout, [...(groups.get(rule.isAbout) ?? []), rule]);
    const grouped = [...groups].map(([isAbout, asking]) => ({ isAbout, rules: asking }));
    known.set(type, grouped);
    return grouped;
  };
}
