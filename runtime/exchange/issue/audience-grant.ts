import { deniedBy } from "../../refusal/denied";
import { Refusal } from "../../refusal/refusal";
import type { FleetEdge, FleetTask, FleetView } from "../../registry/registry";
import type { TokenRequest } from "../request/token-request";
import { taskScope } from "../../token/task-scope";
import { grantedActions } from "./granted-scope";

/** What a token says about its audience besides its name */
export interface AudienceGrant {
  readonly scope: string | undefined;
  /** SPIFFE ID of who may use it to start work; only for audience `exchange` */
  readonly mayAct: string | undefined;
}

/**
 * What the task, and every edge of the way to it, allow at the audience.
 *
 * @throws Refusal
 */
export function grantAt(
  fleet: FleetView,
  task: FleetTask,
  edges: readonly FleetEdge[],
  request: TokenRequest,
): AudienceGrant {
  const { audience } = request;
  switch (audience.kind) {
    case "tool":
      return { scope: grantedActions(audience.tool, task, edges, request).join(" "), mayAct: undefined };
    case "aws":
      if (task.aws === undefined) throw Refusal.of("aws.not-granted");
      return { scope: undefined, mayAct: undefined };
    case "exchange":
      return handedTo(fleet, task, request.delegate ?? "");
  }
}

/** @param delegate `<agent>.<task>` */
function handedTo(fleet: FleetView, task: FleetTask, delegate: string): AudienceGrant {
  const [agent = "", delegated = ""] = delegate.split(".");
  const known = fleet.agentNamed(agent);
  if (!task.delegates.has(delegate) || known === undefined) throw deniedBy("delegation.undeclared");
  return { scope: taskScope(agent, delegated), mayAct: known.spiffeId };
}
