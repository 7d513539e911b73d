import { reasonOf } from "../decision/decider";
import { Refusal } from "../refusal/refusal";
import type { FleetAgent, FleetView } from "../registry/registry";

/**
 * The agent that asks, as it is declared now
 *
 * @throws Refusal `agent.unknown`
 */
export function declaredAgent(fleet: FleetView, { spiffeId }: { readonly spiffeId: string }): FleetAgent {
  const agent = fleet.agentOf(spiffeId);
  if (agent === undefined) throw new Refusal("unauthorized_client", [reasonOf("agent.unknown")]);
  return agent;
}
