import { handedFacts } from "../../../../domain/rules/handed-facts";
import { tasksOf } from "../../private/agent-tasks";
import { handedRights } from "../../private/handed-rights";
import type { AgentRule } from "../../rule";

/** Handing work on is a call too: it is only observed how often a delegate is told to act, in which order and with which intent. */
export const observedHighImpact: AgentRule = {
  id: "AMBIT-AGENT-OBSERVED",
  severity: "high",
  what: "a task that calls high-impact or outward actions, alone or by delegation, must be enforced, and not only observed",
  why: "while it is observed, budgets, order and intent are written down and refuse nothing",
  fix: "take the observation out, or move these actions, or the delegation, to a task of their own",
  standards: ["owasp-asi/ASI02", "owasp-asi/ASI08", "sp800-207/6", "sp800-53/AC-3"],
  *checkAgent(agent, registry) {
    for (const { name, task, facts } of tasksOf(agent, registry)) {
      if (task.observe === undefined) continue;
      const acts = facts.calls.some(isHarmful);
      const by = handedFacts(registry, task)
        .filter(isHarmful)
        .map((fact) => fact.by);
      if (!acts && by.length === 0) continue;
      const handed = by.length === 0 ? {} : { handed: handedRights(task, by, registry) };
      yield { what: `task::${name}`, at: `tasks.${name}.observe`, evidence: { ...task.observe, ...handed } };
    }
  },
};

function isHarmful({
  isHighImpact,
  isOutward,
}: {
  readonly isHighImpact: boolean;
  readonly isOutward: boolean;
}): boolean {
  return isHighImpact || isOutward;
}
