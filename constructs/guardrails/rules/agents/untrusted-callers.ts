import { knownTaskRiskFacts } from "../../../../domain/rules/risk-facts";
import type { AgentRule } from "../../rule";

export const untrustedCallers: AgentRule = {
  id: "AMBIT-AGENT-UNTRUSTED-CALLERS",
  severity: "high",
  what: "a task whose callers are not trusted must read no restricted data without an approval",
  why: "the caller writes the prompt, and the answer goes to the caller",
  fix: "give the task an approval, or serve callers by an agent without the data",
  standards: ["owasp-asi/ASI01", "owasp-asi/ASI07", "sp800-207/4", "sp800-53/AC-4"],
  *checkAgent(agent, registry) {
    for (const name of Object.keys(agent.tasks)) {
      const { data, isApproved, takesUntrusted } = knownTaskRiskFacts(registry, agent, name);
      if (isApproved || !takesUntrusted) continue;
      if (!data.some(({ reads, sensitivity }) => reads && sensitivity.name === "restricted")) continue;
      yield { what: `task::${name}`, at: `tasks.${name}`, evidence: agent.tasks[name]?.data ?? {} };
    }
  },
};
