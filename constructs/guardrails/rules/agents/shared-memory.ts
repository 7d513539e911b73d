import type { Json } from "../../../../domain";
import { confidentialWorkOf } from "../../private/confidential-work";
import type { AgentRule } from "../../rule";

/** Work that is handed on, and its answer, tell all that have a part in it what any of them has read. */
export const sharedMemory: AgentRule = {
  id: "AMBIT-AGENT-SHARED-MEMORY",
  severity: "medium",
  what: "an agent that remembers across its users must learn no confidential data, from what it reads, hands on or is handed",
  why: "what it learned for one user comes out in its answer to another, and what one user tells it steers its work for all",
  fix: 'leave memory out, which is "per-user", or move the confidential data to another agent, and join the two by no delegation',
  standards: ["owasp-asi/ASI06", "owasp-asi/ASI07", "maestro/L2", "sp800-53/AC-4"],
  *checkAgent(agent, registry) {
    if (agent.memory !== "shared") return;
    const work = confidentialWorkOf(agent, registry);
    if (work !== undefined) yield { what: "memory", at: "memory", evidence: { ...work } as Json };
  },
};
