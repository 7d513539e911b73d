import { handedFacts } from "../../../../domain/rules/handed-facts";
import { wayOut } from "../../../../domain/rules/way-out";
import { tasksOf } from "../../private/agent-tasks";
import { handedRights } from "../../private/handed-rights";
import type { AgentRule } from "../../rule";

/** Untrusted content, confidential data and a way out in one task and what it hands on: the three that make an exfiltration */
export const toxicCombination: AgentRule = {
  id: "AMBIT-AGENT-TOXIC-COMBINATION",
  severity: "high",
  what: "a task that takes in untrusted content, reads confidential data and acts outside the organisation, alone or by delegation, must have an approval",
  why: "a sentence in what it reads can have it send the data away",
  fix: "give the task an approval, or split it: one agent reads what strangers wrote, another has the data, and no delegation joins them beyond a low sensitivity",
  standards: ["owasp-asi/ASI01", "owasp-asi/ASI02", "owasp-asi/ASI09", "ai-rmf/MAP 5.1", "sp800-53/AC-4"],
  *checkAgent(agent, registry) {
    for (const { name, task, facts } of tasksOf(agent, registry)) {
      const by = wayOut(facts, handedFacts(registry, task), "unapproved");
      if (by === undefined) continue;
      const { tools, data } = task;
      if (by.length === 0) {
        yield { what: `task::${name}`, at: `tasks.${name}`, evidence: { tools, data } };
        continue;
      }
      yield {
        what: `task::${name}`,
        at: `tasks.${name}.delegates`,
        evidence: { tools, data, ...handedRights(task, by, registry) },
      };
    }
  },
};
