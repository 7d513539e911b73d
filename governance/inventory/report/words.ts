import { duration } from "../../../review/report/text-parts";
import type { RegistryBudget } from "../../../domain/registry/document";
import type {
  InventoriedAgent,
  InventoriedTask,
  InventoriedWay,
  PlacedAcknowledgement,
  TaskEnforcement,
  UsedData,
} from "../inventory";

/** `http (answer, fix): user`, for each way in */
export function wayText({ name, kind, tasks, starts }: InventoriedWay): string {
  const called = name === kind ? name : `${name} (${kind})`;
  return `${called}: ${tasks.join(", ")} by ${starts.join(", ") || "nothing"}`;
}

export function dataText({ name, sensitivity, kinds }: UsedData): string {
  return `${name} (${sensitivity}): ${kinds.join(", ")}`;
}

/** `answer: user, 15 min` */
export function taskText({ name, startedBy, ttlSeconds }: InventoriedTask): string {
  return `${name}: ${startedBy.join(", ")}, ${duration(ttlSeconds)}`;
}

export function starterText({ issuer, tasks }: InventoriedAgent["starters"][number]): string {
  return `${issuer}: ${tasks.join(", ")}`;
}

export function toolText({ name, actions }: InventoriedAgent["tools"][number]): string {
  return `${name}: ${actions.join(", ")}`;
}

export function modelText({ name, model }: InventoriedAgent["models"][number]): string {
  return `${model} by ${name}`;
}

export function reasonText({ points, because }: InventoriedAgent["risk"]["reasons"][number]): string {
  return `${points} ${because}`;
}

/** `autonomy 0.5: …`, for each factor that is not absent */
export function factorTexts({ aivss }: InventoriedAgent): readonly string[] {
  return aivss.factors.flatMap(({ factor, value, because }) => (value === 0 ? [] : `${factor} ${value}: ${because}`));
}

export function horizonText({ path, seconds, because }: InventoriedAgent["horizon"][number]): string {
  return `${path} ${duration(seconds)}: ${because}`;
}

/** What holds each task back besides its grants */
export function enforcementTexts({ tasks }: InventoriedAgent): readonly string[] {
  return tasks.flatMap(({ name, enforcement }) => {
    const words = enforcementWords(enforcement);
    return words.length === 0 ? [] : `${name}: ${words.join("; ")}`;
  });
}

/** Whether budgets, order and intent refuse in every task, or in which they are only noted */
export function observedText({ tasks }: InventoriedAgent): string {
  const observed = tasks.flatMap(({ name, enforcement }) =>
    enforcement.observedUntil === undefined ? [] : `${name} only observes until ${enforcement.observedUntil.day}`,
  );
  return observed.length === 0 ? "enforced" : observed.join("; ");
}

function enforcementWords({ approval, budgets, orders, observedUntil }: TaskEnforcement): readonly string[] {
  return [
    ...(observedUntil === undefined ? [] : [`only observes until ${observedUntil.day} (${observedUntil.reason})`]),
    ...(approval === undefined ? [] : [`approval of ${approval.people ?? 1} of ${approval.group}`]),
    ...budgets.map(budgetText),
    ...orders.map(({ first, then, within }) => `${first.join(", ")} before ${then.join(", ")} in each ${within}`),
  ];
}

function budgetText({ limit, period, actions, sumOf, counts }: RegistryBudget): string {
  const what = sumOf !== undefined ? `the sum of ${sumOf}` : counts === "tokens" ? "tokens" : "calls";
  const of = actions === undefined ? "" : ` of ${actions.join(", ")}`;
  return `at most ${limit} ${what}${of} in each ${period}`;
}

export function acknowledgedText({ finding, reason, owner, expires, at, ended }: PlacedAcknowledgement): string {
  return `${finding} at ${at} ${ended ? "ended on" : "until"} ${expires} by ${owner}: ${reason}`;
}

export function placeText({ declaredAt }: InventoriedAgent): string {
  return declaredAt === undefined ? "" : `${declaredAt.file}:${declaredAt.line}`;
}
