import { own, type PolicyTask } from "../../../domain";
import type { FleetView } from "../../registry/registry";
import type { AccessTokenClaims } from "../../token/access-token";

/** The task of a token, as the policy has it; undefined where it has none */
export function taskOf({ policy }: FleetView, { client_id: agent, task }: AccessTokenClaims): PolicyTask | undefined {
  return own(own(policy.agents, agent)?.tasks, task);
}
