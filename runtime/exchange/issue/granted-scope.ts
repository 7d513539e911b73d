import { deniedBy } from "../../refusal/denied";
import { Refusal } from "../../refusal/refusal";
import type { FleetEdge, FleetTask } from "../../registry/registry";
import type { TokenRequest } from "../request/token-request";

/**
 * Actions of the tool that the task and every edge allow, sorted, reduced to the requested ones.
 *
 * @throws Refusal if an action is requested that is not allowed, or none is left
 */
export function grantedActions(
  tool: string,
  task: FleetTask,
  edges: readonly FleetEdge[],
  { scope }: TokenRequest,
): readonly string[] {
  const granted = task.tools.get(tool) ?? [];
  const allowed = granted.filter((action) => edges.every((edge) => allows(edge, `${tool}.${action}`)));
  if ((scope ?? []).some((action) => !allowed.includes(action))) throw Refusal.of("scope.too-wide");
  if (allowed.length === 0) throw deniedBy("delegation.widened");
  return [...(scope ?? allowed)].sort();
}

function allows({ actions }: FleetEdge, action: string): boolean {
  return actions === "any" || actions.has(action);
}
