import { callsOf } from "../../../domain/registry/entries";
import {
  brief,
  featuresOf,
  type RegistryAction,
  type RegistryBudget,
  type RegistryTask,
} from "../../reach/declared/registry";

/** What a call may do and what bounds it, as declared; empty if there is nothing to say */
export function boundsOf(call: string, action: RegistryAction | undefined, task: RegistryTask): readonly string[] {
  const isHigh = action?.impact === "high";
  const budgets = task.budgets.filter((budget) => (budget.actions ?? callsOf(task)).includes(call)).map(budgetText);
  const approval = task.approval === undefined ? undefined : `approved by ${brief(task.approval.group)}`;
  const budget = budgets.length === 0 ? undefined : `at most ${budgets.join(" and ")}`;
  const earlier = task.orders.flatMap(({ first, then, within }) =>
    then.includes(call) ? [`after ${brief(first.join(" and "))} in the ${within}`] : [],
  );
  const features = action === undefined ? [] : featuresOf(action);
  const said = [
    isHigh ? "high impact" : undefined,
    action?.outward === true ? "seen outside" : undefined,
    features.length === 0 ? undefined : `with ${features.join(", ")} at its provider`,
    approval ?? (isHigh ? "without approval" : undefined),
    budget ?? (isHigh ? "without a limit" : undefined),
    ...earlier,
  ].filter((one) => one !== undefined);
  return said.length === 0 ? [] : [said.join(", ")];
}

/** `50 calls per day` */
export function budgetText({ limit, period, sumOf, counts }: RegistryBudget): string {
  return `${limit} ${sumOf === undefined ? (counts ?? "calls") : `in ${brief(sumOf)}`} per ${period}`;
}
