import type { Budget } from "../../sets/budget";
import type { Box } from "./box";
import { EVERYTHING, type Goal, goalOf, type Option, type Standing, standingOf, UNSEEN } from "./goal";
import { ruleWith } from "./rule";

/** Where a search begins: what its goals are there is worked out once for many searches. */
export interface Start {
  readonly box: Box;
  readonly standings: Map<Goal, Standing>;
}

/**
 * Requests in the box of `start` that reach every goal; undefined if there are none.
 *
 * The goal with the fewest options left is settled first, so that a contradiction shows before anything is tried.
 *
 * @throws TooComplex
 */
export function search({ box, standings }: Start, goals: readonly Goal[], budget: Budget): Box | undefined {
  return searchIn(box, goals, EVERYTHING, budget, standings);
}

/** @param changed dimensions in which the box is narrower than where the goals were looked at last, as bits */
function searchIn(
  box: Box,
  goals: readonly Goal[],
  changed: number,
  budget: Budget,
  standings?: Map<Goal, Standing>,
): Box | undefined {
  budget.spend(1 + goals.reduce((sum, { size }) => sum + size, 0) / 16);
  const open: Goal[] = [];
  let here = box;
  let compared = 0;
  for (const goal of goals) {
    const since = changed | compared;
    if ((goal.about & since) === 0) {
      open.push(goal);
      continue;
    }
    const known = here === box ? standings?.get(goal) : undefined;
    const standing = known ?? standingOf(goal, here, since);
    if (known === undefined && here === box) standings?.set(goal, standing);
    const { goal: left, reached } = standing;
    if (left.options.length === 0) return undefined;
    if (reached === undefined) open.push(left);
    else {
      const narrower = here.comparing(reached.claims);
      if (narrower !== here) compared |= reached.about;
      here = narrower;
    }
  }
  if (open.length === 0) return here.hasExample(budget) ? here : undefined;
  const next = open.reduce((best, goal) => (goal.options.length < best.options.length ? goal : best));
  const others = open.filter((goal) => goal !== next);
  for (const option of next.options) {
    const found = searchOption(here, option, others, compared, budget);
    if (found !== undefined) return found;
  }
  return undefined;
}

function searchOption(
  box: Box,
  option: Option,
  others: readonly Goal[],
  compared: number,
  budget: Budget,
): Box | undefined {
  let boxes: readonly Box[] = [box.noting(option.claims)];
  const goals: Goal[] = [...others];
  for (const { rule, applies } of option.claims) {
    if (applies) boxes = boxes.flatMap((each) => each.applying(rule));
    else if (rule.parts.length === 1) boxes = boxes.flatMap((each) => each.where(rule.parts[0]!, false));
    else goals.push(goalOf(rule.parts.map((part) => [{ rule: ruleWith([part]), applies: false }])));
  }
  const changed = (option.about | compared) & ~UNSEEN;
  for (const each of boxes) {
    const found = searchIn(each, goals, changed, budget);
    if (found !== undefined) return found;
  }
  return undefined;
}
