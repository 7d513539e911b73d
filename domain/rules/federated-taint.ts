import type { AgentDeclaration } from "../agent";
import { shown } from "../errors";
import { actionsOfMember } from "./knowers";
import { taintedDomains } from "./taint";

/**
 * Why a federated agent could do harm after untrusted output: it reads data by credentials of its own, which taints no
 * session at the exchange, and it has no approval.
 */
export function taintedFederation(agent: AgentDeclaration, ownDomains: readonly string[]): string | undefined {
  if (agent.credentials === "brokered") return undefined;
  for (const [{ members }, because] of taintedDomains([agent])) {
    const [first] = members;
    const call = actionsOfMember(first).find(
      ({ tool, action }) => action.impact === "high" || tool.isOutward(action, ownDomains),
    );
    if (call === undefined) continue;
    const kind = call.action.impact === "high" ? "high-impact" : "outward";
    const sentence =
      `credentials { federated: "${agent.credentials}" } allow no ${kind} action (${call.tool.name}.${call.action.name} of ` +
      `task ${shown(first.task.name)}) where untrusted output may be known (${because})`;
    return `${sentence}: use "brokered", or move the task to another agent`;
  }
  return undefined;
}
