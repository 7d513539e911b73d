import { knownTaskRiskFacts } from "../../../../domain/rules/risk-facts";
import type { AgentRule } from "../../rule";

/** Untrusted content, confidential data and a way out in one task: the three that make an exfiltration */
export const toxicCombination: AgentRule = {
  id: "AMBIT-AGENT-TOXIC-COMBINATION",
  severity: "high",
  what: "a task that takes in untrusted content, reads confidential data and acts outside the organisation must have an approval",
  why: "a sentence in what it reads can have it send the data away",
  fix: "give the task an approval, or split it: one agent reads what strangers wrote, another has the data",
  standards: ["owasp-asi/ASI01", "owasp-asi/ASI02", "owasp-asi/ASI09", "ai-rmf/MAP 5.1", "sp800-53/AC-4"],
  *checkAgent(agent, registry) {
    for (const name of Object.keys(agent.tasks)) {
      const { calls, data, isApproved, readsUntrusted, takesUntrusted } = knownTaskRiskFacts(registry, agent, name);
      if (isApproved || !data.some(({ reads, sensitivity }) => reads && sensitivity.isConfidential)) continue;
      if (!calls.some(({ isOutward }) => isOutward)) continue;
      if (!readsUntrusted && !takesUntrusted && !calls.some(({ untrustedOutput }) => untrustedOutput)) continue;
      const { tools, data: accesses } = agent.tasks[name] ?? {};
      yield { what: `task::${name}`, at: `tasks.${name}`, evidence: { tools: tools ?? {}, data: accesses ?? {} } };
    }
  },
};
