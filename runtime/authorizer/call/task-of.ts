import { own, type PolicyTask } from "../../../domain";
import type { FleetView } from "../../registry/registry";
import type { AccessTokenClaims } from "../../token/access-token";

/** The policy's entry for a token's task; undefined if it has none */
export function taskOf({ policy }: FleetView, { client_id: agent, task }: AccessTokenClaims): PolicyTask | undefined {
  return own(own(policy.agents, agent)?.tasks, task);
}
