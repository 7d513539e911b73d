import { knownTaskRiskFacts } from "../../../../domain/rules/risk-facts";
import type { AgentRule } from "../../rule";

export const observedHighImpact: AgentRule = {
  id: "AMBIT-AGENT-OBSERVED",
  severity: "high",
  what: "a task that calls high-impact or outward actions must be enforced, and not only observed",
  why: "while it is observed, budgets, order and intent are written down and refuse nothing",
  fix: "take the observation out, or move these actions to a task of their own",
  standards: ["owasp-asi/ASI02", "owasp-asi/ASI08", "sp800-207/6", "sp800-53/AC-3"],
  *checkAgent(agent, registry) {
    for (const [name, { observe }] of Object.entries(agent.tasks)) {
      if (observe === undefined) continue;
      const { calls } = knownTaskRiskFacts(registry, agent, name);
      if (!calls.some(({ isHighImpact, isOutward }) => isHighImpact || isOutward)) continue;
      yield { what: `task::${name}`, at: `tasks.${name}.observe`, evidence: { ...observe } };
    }
  },
};
