import type { RegistryBudget, RegistryTask } from "../reach/declared/registry";
import type { Work } from "../reach/declared/work";
import type { Gate } from "./reached";

/** What must happen before a call of a tool. Whoever only observes a task lets budgets pass. */
export function gateOf(task: RegistryTask, action: string | undefined): Gate {
  if (task.approval !== undefined) return "approval";
  if (task.observe !== undefined) return "none";
  return task.budgets.some((budget) => covers(budget, action)) ? "budget" : "none";
}

interface BoundsOptions {
  /** Neither approvals nor budgets stand before AWS. */
  readonly isOfAws?: boolean;
}

/** All that bounds one action of a task, or its data where there is none */
export function boundsOf(
  { task, ttlSeconds }: Work,
  action: string | undefined,
  { isOfAws = false }: BoundsOptions = {},
): readonly string[] {
  return [
    ...startBounds(task),
    `at most ${ttlSeconds} s a run`,
    ...(isOfAws ? [] : callBounds(task, action)),
    ...(task.observe === undefined || isOfAws ? [] : [`budgets and order are only noted until ${task.observe.until}`]),
  ];
}

/** What nobody can start by itself waits for whoever starts it. */
function startBounds({ startedBy }: RegistryTask): readonly string[] {
  const others = startedBy.filter((one) => one !== "delegation");
  if (others.length === 0 || others.includes("agent")) return [];
  return [`only in runs that ${others.map((one) => `a${one === "event" ? "n" : ""} ${one}`).join(" or ")} starts`];
}

function callBounds(task: RegistryTask, action: string | undefined): readonly string[] {
  return [
    ...(task.approval === undefined ? [] : [`${task.approval.group} approves each call`]),
    ...task.budgets.filter((budget) => covers(budget, action)).map(budgetText),
    ...task.orders
      .filter(({ then }) => action !== undefined && then.includes(action))
      .map(({ first, within }) => `after ${first.join(" or ")} in the same ${within}`),
  ];
}

/** Of external data, a budget of all actions alone is one: which of them opens it is not said. */
function covers({ actions }: RegistryBudget, action: string | undefined): boolean {
  return actions === undefined || (action !== undefined && actions.includes(action));
}

function budgetText({ limit, period, sumOf, counts }: RegistryBudget): string {
  const of = counts === undefined ? "" : ` ${counts}`;
  return `at most ${limit}${sumOf === undefined ? of : ` of ${sumOf}`} per ${period}`;
}
