import { type DecisionInput, own } from "../../../domain";
import { ATTRIBUTES, METRICS } from "../../../domain/telemetry-names";
import type { Registry } from "../../registry/registry";
import { DeclaredValues } from "../../telemetry/declared-values";
import type { Telemetry } from "../../telemetry/telemetry";

/** How much of its budgets a task has spent, with the call that is decided on: 1 is all of it */
export function budgetUse(telemetry: Telemetry, registry: Pick<Registry, "current">): (input: DecisionInput) => void {
  return ({ agent: { spiffeId }, task, budgets }) => {
    const used = Object.entries(budgets);
    if (used.length === 0) return;
    const { policy } = registry.current();
    const limits = own(own(policy.agents, spiffeId)?.tasks, task)?.budgets;
    const declared = DeclaredValues.of(registry);
    const facts = {
      [ATTRIBUTES.agent]: declared.agent(spiffeId),
      [ATTRIBUTES.task]: declared.task(spiffeId, task),
    };
    for (const [key, { spent, cost }] of used) {
      const limit = own(limits, key)?.limit ?? 0;
      if (limit > 0) telemetry.measure(METRICS.budgetUse, (spent + cost) / limit, facts);
    }
  };
}
