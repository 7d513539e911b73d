import { own } from "../../../../domain/own";
import { handsAction } from "../../../../domain/rules/handed-facts";
import { tasksOf } from "../../private/agent-tasks";
import type { AgentRule } from "../../rule";

/** The delegate acts by itself, or hands the work on to one that does. */
export const delegationUnbounded: AgentRule = {
  id: "AMBIT-AGENT-DELEGATION-UNBOUNDED",
  severity: "medium",
  what: "work that is handed to an agent of another owner, which calls high-impact or outward actions or hands it on to one that does, must name the actions that it may use",
  why: "all that the delegate may do, and what its owner adds later, is done on behalf of this agent's users",
  fix: "write the ceiling of the delegation: its actions, or a depth of 1 where the delegate only hands on",
  standards: ["owasp-asi/ASI03", "owasp-asi/ASI07", "owasp-asi/ASI08", "maestro/L7", "sp800-53/AC-6"],
  *checkAgent(agent, registry) {
    for (const { name, task, facts } of tasksOf(agent, registry)) {
      for (const [target, edge] of facts.handsOn ? Object.entries(task.delegates) : []) {
        const [delegate = ""] = target.split(".");
        const other = own(registry.agents, delegate);
        if (edge.actions !== "any" || other === undefined || other.owner === agent.owner) continue;
        if (!handsAction(registry, target, edge)) continue;
        yield { what: `delegate::${name}::${target}`, at: `tasks.${name}.delegates`, evidence: edge.actions };
      }
    }
  },
};
