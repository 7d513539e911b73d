import { byText } from "../by-text";
import type { CredentialsKind } from "../credentials";
import type { Declarations, DeclaredWork } from "../registry/document";
import { Sensitivity } from "../sensitivity";
import type { Start } from "../task";
import { type HandedFact, handedFacts } from "./handed-facts";
import { type TaskRiskFacts, taskRiskFacts } from "./risk-facts";
import { readsUntrusted, wayOut } from "./way-out";

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
  const add: Add = (points, because, key = because) => {
    if (points > (strongest.get(key)?.points ?? 0)) strongest.set(key, { points, because });
  };
  const tasks = Object.entries(agent.tasks).map(([name, task]) => ({
    facts: factsOf(registry, agent, name),
    handed: handedFacts(registry, task),
  }));
  for (const { facts } of tasks) addFactors(add, facts, agent.credentials);
  for (const { facts, handed } of tasks) addHanded(add, facts, handed);
  const reasons = [...strongest.values()].sort((a, b) => b.points - a.points || byText(a.because, b.because));
  const score = reasons.reduce((sum, factor) => sum + factor.points, 0);
  const tier = TIERS.find(([from]) => score >= from)?.[1] ?? "low";
  return { tier, score, reasons };
}

/** Each reason stands once, with the most points that any task or delegate gives it: the first one that does. */
type Add = (points: number, because: string, key?: string) => void;

/** Adds what a task does. */
function addFactors(add: Add, task: TaskRiskFacts, credentials: CredentialsKind): void {
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
  if (wayOut(task, []) !== undefined) add(20, CARRIES_OUT);
}

const CARRIES_OUT = "takes in untrusted content, reads confidential data, and is seen outside";

/** Adds what delegates may do for a task. How they start, and with which credentials, counts for them alone. */
function addHanded(add: Add, task: TaskRiskFacts, handed: readonly HandedFact[]): void {
  for (const { by, data, isApproved, isHighImpact, isOutward, untrusted } of handed) {
    const addBy = (points: number, because: string, key = because): void => add(points, `${because} by ${by}`, key);
    if (data !== undefined) {
      addBy(SENSITIVITY_POINTS[data.sensitivity.rank] ?? 0, `uses ${data.sensitivity} data`, "data");
      if (!data.reads) addBy(5, "changes data");
    }
    if (untrusted) addBy(5, "reads untrusted output");
    if (isHighImpact) {
      addBy(10, "calls high-impact actions");
      if (!isApproved) addBy(15, "calls high-impact actions without approval");
    }
    if (isOutward) {
      addBy(5, "is seen outside the organisation");
      if (!isApproved) addBy(5, "is seen outside without approval");
    }
  }
  const out = wayOut(task, handed);
  if (out !== undefined)
    add(20, out.length === 0 ? CARRIES_OUT : `${CARRIES_OUT}, with ${out.join(" and ")}`, CARRIES_OUT);
}
