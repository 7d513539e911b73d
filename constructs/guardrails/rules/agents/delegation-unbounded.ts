import { own } from "../../../../domain/own";
import { knownTaskRiskFacts } from "../../../../domain/rules/risk-facts";
import type { AgentRule } from "../../rule";

export const delegationUnbounded: AgentRule = {
  id: "AMBIT-AGENT-DELEGATION-UNBOUNDED",
  severity: "medium",
  what: "work that is handed to an agent of another owner, which calls high-impact or outward actions, must name the actions that it may use",
  why: "all that the delegate may do, and what its owner adds later, is done on behalf of this agent's users",
  fix: "write the ceiling of the delegation: its actions",
  standards: ["owasp-asi/ASI03", "owasp-asi/ASI07", "owasp-asi/ASI08", "maestro/L7", "sp800-53/AC-6"],
  *checkAgent(agent, registry) {
    for (const [name, { delegates }] of Object.entries(agent.tasks)) {
      for (const [target, { actions }] of Object.entries(delegates)) {
        const [delegate = "", task = ""] = target.split(".");
        const other = own(registry.agents, delegate);
        if (actions !== "any" || other === undefined || other.owner === agent.owner) continue;
        if (own(other.tasks, task) === undefined) continue;
        const { calls } = knownTaskRiskFacts(registry, other, task);
        if (!calls.some(({ isHighImpact, isOutward }) => isHighImpact || isOutward)) continue;
        yield { what: `delegate::${name}::${target}`, at: `tasks.${name}.delegates`, evidence: actions };
      }
    }
  },
};
