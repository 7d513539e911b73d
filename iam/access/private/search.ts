import type { Budget } from "../../sets/budget";
import type { Box, Claim } from "./box";
import { ruleWith } from "./rule";

/** Claims of which all are true */
export type Option = readonly Claim[];

/** One of the options is true. */
export type Goal = readonly Option[];

/**
 * Requests in `box` that reach every goal; undefined where there is none.
 *
 * The goal with the fewest options left is settled first, so that a contradiction shows before anything is tried.
 *
 * @throws TooComplex
 */
export function search(box: Box, goals: readonly Goal[], budget: Budget): Box | undefined {
  const claims = goals.reduce((sum, goal) => sum + goal.reduce((all, option) => all + option.length, 0), 0);
  budget.spend(1 + claims / 16);
  const open: Goal[] = [];
  let here = box;
  for (const goal of goals) {
    const options = goal.filter((option) => option.every((claim) => here.allows(claim)));
    if (options.length === 0) return undefined;
    const reached = options.find((option) => option.every((claim) => here.entails(claim)));
    if (reached === undefined) open.push(options);
    else here = here.comparing(reached);
  }
  if (open.length === 0) return here.hasExample(budget) ? here : undefined;
  const next = open.reduce((best, goal) => (goal.length < best.length ? goal : best));
  const others = open.filter((goal) => goal !== next);
  for (const option of next) {
    const found = searchOption(here, option, others, budget);
    if (found !== undefined) return found;
  }
  return undefined;
}

function searchOption(box: Box, option: Option, others: readonly Goal[], budget: Budget): Box | undefined {
  let boxes: readonly Box[] = [box.noting(option)];
  const goals: Goal[] = [...others];
  for (const { rule, applies } of option) {
    if (applies) for (const part of rule.parts) boxes = boxes.flatMap((each) => each.where(part, true));
    else if (rule.parts.length === 1) boxes = boxes.flatMap((each) => each.where(rule.parts[0]!, false));
    else goals.push(rule.parts.map((part) => [{ rule: ruleWith([part]), applies: false }]));
  }
  for (const each of boxes) {
    const found = search(each, goals, budget);
    if (found !== undefined) return found;
  }
  return undefined;
}
