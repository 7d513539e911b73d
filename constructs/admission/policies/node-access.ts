import { literal } from "../private/cel";
import type { Policy } from "../private/policy";

/** What the kubelet serves to be read. What it serves besides runs commands in any of its containers. */
const READABLE = ["configz", "containerLogs", "healthz", "logs", "metrics", "pods", "stats"];

/**
 * What: through the API server's proxy to nodes, only the kubelet's readings can be fetched.
 *
 * Why: the kubelet also serves `run`, `exec`, `attach` and `portForward` there, which `ambit-pod-access` does not
 * cover. A user with `nodes/proxy` can also call the kubelet directly, without admission: RBAC must give it to SPIRE's
 * agents only.
 */
export function nodeAccess(): Policy {
  return {
    name: "ambit-node-access",
    rules: [{ apiGroups: [""], resources: ["nodes/proxy"], operations: ["CONNECT"] }],
    variables: {
      steps: `dyn(object).?path.orValue("").split("/").filter(step, step != "")`,
    },
    validations: [
      {
        expression: `size(variables.steps) > 0 && variables.steps[0] in ${literal(READABLE)} && !variables.steps.exists(step, step in ["..", "."])`,
        message: `only ${READABLE.join(", ")} of nodes may be read through the proxy: name one of them`,
        messageExpression: `"/" + variables.steps.join("/") + " of node " + request.name + " is refused: read one of ${READABLE.join(", ")}"`,
      },
    ],
  };
}
