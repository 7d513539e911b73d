import type { Json } from "../../../../domain";
import { handedFacts } from "../../../../domain/rules/handed-facts";
import { untrustedWays } from "../../../../domain/rules/risk-facts";
import type { Sensitivity } from "../../../../domain/sensitivity";
import { tasksOf } from "../../private/agent-tasks";
import { handedRights } from "../../private/handed-rights";
import type { AgentRule } from "../../rule";

/** What delegates read comes back to the task, and from it to callers whose way in is cleared for it. */
export const untrustedCallers: AgentRule = {
  id: "AMBIT-AGENT-UNTRUSTED-CALLERS",
  severity: "high",
  what: "a task whose callers are not trusted must read no restricted data without an approval, alone or by delegation",
  why: "the caller writes the prompt, and the answer goes to the caller",
  fix: "give the task an approval, or serve callers by an agent without the data, which hands no work to one that has it",
  standards: ["owasp-asi/ASI01", "owasp-asi/ASI07", "sp800-207/4", "sp800-53/AC-4"],
  *checkAgent(agent, registry) {
    for (const { name, task, facts } of tasksOf(agent, registry)) {
      const { data, isApproved, takesUntrusted } = facts;
      if (isApproved || !takesUntrusted) continue;
      const isAnswered = untrustedWays(agent, name, task).some(({ clearance }) => clearance === "restricted");
      const handed = isAnswered ? handedFacts(registry, task) : [];
      const by = handed.filter((fact) => !fact.isApproved && isRestricted(fact.data)).map((fact) => fact.by);
      if (by.length === 0 && !data.some(isRestricted)) continue;
      const evidence: Json = by.length === 0 ? task.data : { data: task.data, ...handedRights(task, by, registry) };
      yield { what: `task::${name}`, at: `tasks.${name}`, evidence };
    }
  },
};

function isRestricted(data: { readonly sensitivity: Sensitivity; readonly reads: boolean } | undefined): boolean {
  return data?.reads === true && data.sensitivity.name === "restricted";
}
