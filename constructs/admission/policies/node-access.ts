import { literal } from "../private/cel";
import type { Policy } from "../private/policy";

/** What the kubelet serves to be read. What it serves besides runs commands in any of its containers. */
const READABLE = ["configz", "containerLogs", "healthz", "logs", "metrics", "pods", "stats"];

/**
 * What: through the API server's proxy to nodes the kubelet's readings are had, and nothing else.
 *
 * Why: it serves `run`, `exec`, `attach` and `portForward` there, where `ambit-pod-access` does not look. Who may use
 * `nodes/proxy` can also speak to the kubelet directly, where admission is not asked: RBAC must give that to SPIRE's
 * agents alone.
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
