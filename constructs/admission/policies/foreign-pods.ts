import { LABELS } from "../../platform/names";
import { literal } from "../private/cel";
import type { Policy } from "../private/policy";
import { IN_PLATFORM, NEW_PODS, POD_VARIABLES, TEMPLATE_CHANGED } from "../private/workloads";

/**
 * What: outside agent namespaces no pod carries a label of Ambit, except `component` in the platform's own namespaces.
 *
 * Why: SPIRE selects the pods it registers by these labels, in every namespace.
 */
export function foreignPods(): Policy {
  return {
    name: "ambit-foreign-pods",
    namespaces: { matchExpressions: [{ key: LABELS.namespace, operator: "NotIn", values: ["agents"] }] },
    rules: NEW_PODS,
    conditions: TEMPLATE_CHANGED,
    variables: {
      ...POD_VARIABLES,
      ...IN_PLATFORM,
    },
    validations: [
      {
        expression: `variables.ambitLabels.all(key, variables.inPlatform && key == ${literal(LABELS.component)})`,
        message: "pods outside agent namespaces carry no label of Ambit: leave it out, or declare an agent",
        messageExpression: `"pods in namespace " + request.namespace + " carry no label " + variables.ambitLabels.join(", ") + ": leave it out, or declare an agent and run it in its own namespace"`,
      },
    ],
  };
}
