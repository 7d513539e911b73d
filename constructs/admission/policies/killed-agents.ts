import { CONTROL_NAMESPACE, KILL_LIST, LABELS } from "../../platform/names";
import { literal } from "../private/cel";
import type { Policy } from "../private/policy";
import { AGENT_NAMESPACES, pods } from "../private/workloads";

/**
 * What: pods of killed agents are refused. Their names are the keys of a ConfigMap that the kill switch writes.
 *
 * Why: what stopped once must not come back by a restart, a scale or a deploy. Templates may stay, so that a restored
 * agent starts by itself. The label names the agent, because `ambit-agent-pods` holds it to the service account.
 */
export function killedAgents(): Policy {
  return {
    name: "ambit-killed-agents",
    namespaces: AGENT_NAMESPACES,
    objects: { matchExpressions: [{ key: LABELS.agent, operator: "Exists" }] },
    rules: [pods("CREATE")],
    parameters: { name: KILL_LIST, namespace: CONTROL_NAMESPACE },
    variables: { agent: `object.metadata.labels[${literal(LABELS.agent)}]` },
    validations: [
      {
        expression: "!(variables.agent in params.?data.orValue({}))",
        message: "the agent is killed, so its pods are refused: restore it first",
        messageExpression: `"agent " + variables.agent + " is killed, so its pods are refused: restore it first"`,
      },
    ],
  };
}
