import type { AgentClass } from "../../constructs/agent/agent";
import type { Fleet } from "../../domain";
import { monitoring } from "../../fleet/monitoring";

/** What the example has watched; nothing where another fleet lacks an agent of it */
export function monitoringOf(fleet: Fleet<AgentClass>): { readonly monitoring?: typeof monitoring } {
  const names = fleet.agents.map(({ name }) => name);
  return (monitoring.agents ?? []).every((name) => names.includes(name)) ? { monitoring } : {};
}
