import { deniedBy } from "../../refusal/denied";
import { Refusal } from "../../refusal/refusal";
import type { FleetEdge, FleetTask } from "../../registry/registry";
import type { TokenRequest } from "../request/token-request";

/**
 * Actions of the tool that task and every edge allow, sorted; of them what was asked for.
 *
 * @throws Refusal where an action is asked for that is not allowed, or nothing is left
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
