import { deniedBy } from "../../refusal/denied";
import { Refusal } from "../../refusal/refusal";
import type { FleetEdge, FleetTask } from "../../registry/registry";
import type { TokenRequest } from "../request/token-request";

/**
 * Actions of the tool that task and every edge allow, sorted; of them what was asked for. With an exact call that a person decides on, that
 * action alone.
 *
 * @throws Refusal where an action is asked for that is not allowed, or nothing is left
 */
export function grantedActions(
  tool: string,
  task: FleetTask,
  edges: readonly FleetEdge[],
  { scope, call }: TokenRequest,
): readonly string[] {
  const granted = task.tools.get(tool) ?? [];
  const allowed = granted.filter((action) => edges.every((edge) => allows(edge, `${tool}.${action}`)));
  const within = call === undefined ? allowed : allowed.filter((action) => action === call.action);
  if ((scope ?? []).some((action) => !within.includes(action))) throw Refusal.of("scope.too-wide");
  if (call !== undefined && within.length === 0) {
    throw Refusal.of(
      "scope.too-wide",
      "the action to be approved is none that the task, and every edge of the chain, allows",
    );
  }
  if (within.length === 0) throw deniedBy("delegation.widened");
  return [...(scope ?? within)].sort();
}

function allows({ actions }: FleetEdge, action: string): boolean {
  return actions === "any" || actions.has(action);
}
