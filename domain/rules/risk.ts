import { byText } from "../by-text";
import type { CredentialsKind } from "../credentials";
import type { Declarations, DeclaredWork } from "../registry/document";
import { Sensitivity } from "../sensitivity";
import type { Start } from "../task";
import { type TaskRiskFacts, taskRiskFacts } from "./risk-facts";

export type RiskTier = "low" | "medium" | "high" | "critical";

export interface Risk {
  readonly tier: RiskTier;
  readonly score: number;
  /** What raised it, heaviest first */
  readonly reasons: readonly { readonly points: number; readonly because: string }[];
}

interface Factor {
  readonly points: number;
  readonly because: string;
}

/** Points from which a tier begins */
const TIERS: readonly [number, RiskTier][] = [
  [60, "critical"],
  [35, "high"],
  [15, "medium"],
  [0, "low"],
];

const SENSITIVITY_POINTS = [0, 5, 15, 25];
const START_POINTS: Readonly<Record<Start, number>> = { user: 0, delegation: 3, schedule: 5, event: 8, agent: 12 };

/**
 * How much harm the agent could do, for ordering attention.
 *
 * Monotone: a gained right never lowers the points, and neither does a removed control.
 */
export function riskOf(registry: Declarations, agent: DeclaredWork, factsOf = taskRiskFacts): Risk {
  const strongest = new Map<string, Factor>();
  for (const task of Object.keys(agent.tasks)) addFactors(strongest, factsOf(registry, agent, task), agent.credentials);
  const reasons = [...strongest.values()].sort((a, b) => b.points - a.points || byText(a.because, b.because));
  const score = reasons.reduce((sum, factor) => sum + factor.points, 0);
  const tier = TIERS.find(([from]) => score >= from)?.[1] ?? "low";
  return { tier, score, reasons };
}

/** Adds what a task does. Each reason stands once, with the most points any task gives it. */
function addFactors(strongest: Map<string, Factor>, task: TaskRiskFacts, credentials: CredentialsKind): void {
  const add = (points: number, because: string, key = because): void => {
    if (points > (strongest.get(key)?.points ?? 0)) strongest.set(key, { points, because });
  };
  const highest = Sensitivity.highest(task.data.map(({ sensitivity }) => sensitivity));
  add(SENSITIVITY_POINTS[highest.rank] ?? 0, `uses ${highest} data`, "data");
  for (const start of task.startedBy) add(START_POINTS[start], `is started by ${start}`);
  if (task.data.some(({ writes }) => writes)) add(5, "changes data");
  if (task.isObserved) add(5, "only observes budgets, order and intent");
  if (credentials !== "brokered") add(5, "gets AWS credentials that know no run");
  if (task.handsOn) add(5, "hands work to other agents");
  if (readsUntrusted(task)) add(5, "reads untrusted output");
  if (task.takesUntrusted) add(5, "has callers that it does not trust");
  if (task.calls.some(({ isHighImpact }) => isHighImpact)) {
    add(10, "calls high-impact actions");
    if (!task.isApproved) add(15, "calls high-impact actions without approval");
  }
  if (task.calls.some(({ isOutward }) => isOutward)) {
    add(5, "is seen outside the organisation");
    if (!task.isApproved) add(5, "is seen outside without approval");
  }
  if (carriesOut(task)) add(20, "takes in untrusted content, reads confidential data, and is seen outside");
}

function readsUntrusted({ calls, readsUntrusted: data }: TaskRiskFacts): boolean {
  return data || calls.some(({ untrustedOutput }) => untrustedOutput);
}

/** Whether the task could carry confidential data out on a stranger's word, without approval or with it */
export function carriesOut(task: TaskRiskFacts): boolean {
  const { calls, data, takesUntrusted } = task;
  return (
    (readsUntrusted(task) || takesUntrusted) &&
    calls.some(({ isOutward }) => isOutward) &&
    data.some(({ reads, sensitivity }) => reads && sensitivity.isConfidential)
  );
}
