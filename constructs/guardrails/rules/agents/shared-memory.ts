import { knownTaskRiskFacts } from "../../../../domain/rules/risk-facts";
import type { AgentRule } from "../../rule";

export const sharedMemory: AgentRule = {
  id: "AMBIT-AGENT-SHARED-MEMORY",
  severity: "medium",
  what: "an agent that remembers across its users must read no confidential data",
  why: "what it read for one user comes out in its answer to another, and what one user tells it steers its work for all",
  fix: 'leave memory out, which is "per-user", or move the confidential data to another agent',
  standards: ["owasp-asi/ASI06", "owasp-asi/ASI07", "maestro/L2", "sp800-53/AC-4"],
  *checkAgent(agent, registry) {
    if (agent.memory !== "shared") return;
    const confidential = Object.keys(agent.tasks).filter((task) =>
      knownTaskRiskFacts(registry, agent, task).data.some(
        ({ reads, sensitivity }) => reads && sensitivity.isConfidential,
      ),
    );
    if (confidential.length > 0) yield { what: "memory", at: "memory", evidence: confidential };
  },
};
