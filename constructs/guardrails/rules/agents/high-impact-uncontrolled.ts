import { own } from "../../../../domain/own";
import type { RegistryTask } from "../../../../domain";
import { callsOf } from "../../../../domain/registry/entries";
import { tasksOf } from "../../private/agent-tasks";
import type { AgentRule } from "../../rule";

/** A budget limits how often, an approval asks each time: one of them must be there. */
export const highImpactUncontrolled: AgentRule = {
  id: "AMBIT-AGENT-HIGH-IMPACT-UNCONTROLLED",
  severity: "high",
  what: "a task that calls a high-impact action must have an approval, or a budget for it",
  why: "an agent that is talked into the action repeats it as long as its token lives",
  fix: "give the task an approval, or a budget that names the action",
  standards: ["owasp-asi/ASI02", "owasp-asi/ASI08", "owasp-asi/ASI09", "sp800-53/AC-3", "ai-rmf/MANAGE 2.4"],
  *checkAgent(agent, registry) {
    for (const { name, task, facts } of tasksOf(agent, registry)) {
      if (facts.isApproved || !facts.calls.some(({ isHighImpact }) => isHighImpact)) continue;
      for (const call of callsOf(task)) {
        const [tool = "", action = ""] = call.split(".");
        if (own(own(registry.tools, tool)?.actions, action)?.impact !== "high" || hasBudget(task, call)) continue;
        yield { what: `task::${name}::${call}`, at: `tasks.${name}`, evidence: [task.startedBy, task.ttlSeconds] };
      }
    }
  },
};

function hasBudget({ budgets }: RegistryTask, call: string): boolean {
  return budgets.some(({ actions }) => actions === undefined || actions.includes(call));
}
