import { AGENT_TAG } from "../agent-roles";
import { labelOf, nameOf, objectsIn } from "../kubernetes-object";
import type { StackJson } from "../stack";
import { oncePer } from "./once-per";

/** Agents by the service accounts that a stack declares for them, as `namespace/name`. Each record and each association asks. */
export const agentAccountsIn = oncePer((stack: StackJson): ReadonlyMap<string, string> => {
  const agents = new Map<string, string>();
  for (const { body, at } of objectsIn(stack, "ServiceAccount")) {
    const agent = labelOf(body, AGENT_TAG, at);
    if (agent === undefined) continue;
    const { name = "", namespace = "default" } = nameOf(body, stack);
    agents.set(`${namespace}/${name}`, agent);
  }
  return agents;
});
