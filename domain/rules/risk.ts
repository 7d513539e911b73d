import type { AgentDeclaration } from "../agent";
import type { Start, Task } from "../task";

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
 * Monotone: anything it gains adds points or none, and a control taken away never lowers them.
 */
export function riskOf(agent: AgentDeclaration, ownDomains: readonly string[]): Risk {
  const factors = strongest([...agent.tasks.values()].flatMap((task) => factorsOf(agent, task, ownDomains)));
  const score = factors.reduce((sum, factor) => sum + factor.points, 0);
  const tier = TIERS.find(([from]) => score >= from)?.[1] ?? "low";
  return { tier, score, reasons: factors };
}

function factorsOf(agent: AgentDeclaration, task: Task, ownDomains: readonly string[]): Factor[] {
  const factors: Factor[] = [];
  const add = (points: number, because: string): void => {
    if (points > 0) factors.push({ points, because });
  };
  add(SENSITIVITY_POINTS[task.highestSensitivity.rank] ?? 0, `uses ${task.highestSensitivity} data`);
  for (const start of task.startedBy) add(START_POINTS[start], `is started by ${start}`);
  if (task.data.some((access) => access.writes)) add(5, "changes data");
  if (task.observed !== undefined) add(5, "only observes budgets, order and intent");
  if (agent.credentials !== "brokered") add(5, "gets AWS credentials that know no run");
  if (task.delegates.length > 0) add(5, "hands work to other agents");
  const untrusted = task.tools.some(({ tool }) => tool.untrustedOutput);
  if (untrusted) add(5, "reads untrusted output");
  let outward = false;
  for (const { tool, actions } of task.tools) {
    for (const action of actions) {
      const isOutward = tool.isOutward(action, ownDomains);
      outward ||= isOutward;
      if (action.impact === "high") {
        add(10, "calls high-impact actions");
        if (task.approval === undefined) add(15, "calls high-impact actions without approval");
      }
      if (isOutward) {
        add(5, "is seen outside the organisation");
        if (task.approval === undefined) add(5, "is seen outside without approval");
      }
    }
  }
  if (untrusted && outward && task.highestRead.isConfidential) {
    add(20, "reads untrusted output and confidential data, and is seen outside");
  }
  return factors;
}

/** Each reason once, with the most points any task gives it. */
function strongest(factors: readonly Factor[]): Factor[] {
  const best = new Map<string, Factor>();
  for (const factor of factors) {
    const key = factor.because.startsWith("uses ") ? "data" : factor.because;
    if (factor.points > (best.get(key)?.points ?? 0)) best.set(key, factor);
  }
  return [...best.values()].sort((a, b) => b.points - a.points || (a.because < b.because ? -1 : 1));
}
