import { CONTROL_NAMESPACE, LABELS, SPIRE_NAMESPACE } from "../../platform/names";
import { all, any, literal } from "../private/cel";
import type { Principals } from "../../platform/cluster-checks";
import type { Policy } from "../private/policy";
import { requestedBy } from "../private/requesters";
import { PREFIX } from "../private/workloads";

const labelsOf = (object: "object" | "oldObject"): string =>
  `${object} == null ? {} : ${object}.metadata.?labels.orValue({})`;

/** Every label of one side that begins so stands on the other with the same value. */
const unchanged = (prefix: string): string => {
  const kept = (from: string, to: string): string =>
    `variables.${from}.all(key, !key.startsWith("${prefix}") || variables.${to}[?key].orValue("") == variables.${from}[key] && key in variables.${to})`;
  return all(kept("labels", "oldLabels"), kept("oldLabels", "labels"));
};

/**
 * What: only deployers add, change or remove Ambit's label on a namespace, the pod security level of Ambit's
 * namespaces, and those namespaces themselves.
 *
 * Why: the other policies select namespaces by these labels; without its label, a namespace is outside all of them.
 * This policy uses no namespace selector, because a selector would see the new labels only.
 */
export function namespaces(deployers: Principals): Policy {
  const platform = [...Object.values(SPIRE_NAMESPACE), CONTROL_NAMESPACE];
  const byDeployer = requestedBy(deployers);
  return {
    name: "ambit-namespaces",
    rules: [
      {
        apiGroups: [""],
        // The labels can be written through the subresources too.
        resources: ["namespaces", "namespaces/status", "namespaces/finalize"],
        operations: ["CREATE", "UPDATE"],
      },
      { apiGroups: [""], resources: ["namespaces"], operations: ["DELETE"] },
    ],
    variables: {
      labels: labelsOf("object"),
      oldLabels: labelsOf("oldObject"),
      isAmbits: any(
        `${literal(LABELS.namespace)} in variables.labels`,
        `${literal(LABELS.namespace)} in variables.oldLabels`,
        `(object == null ? oldObject : object).metadata.name in ${literal(platform)}`,
      ),
    },
    validations: [
      {
        expression: any(byDeployer, `request.operation == "DELETE"`, unchanged(PREFIX)),
        message: `labels ${PREFIX}* of namespaces are written by the platform's deployers: declare an agent in it instead`,
        messageExpression: `request.userInfo.username + " may not write labels ${PREFIX}* of namespace " + object.metadata.name + ": only the platform's deployers may, declare an agent in it instead"`,
      },
      {
        expression: any(
          byDeployer,
          `request.operation == "DELETE"`,
          "!variables.isAmbits",
          unchanged("pod-security.kubernetes.io/"),
        ),
        message: "the pod security level of Ambit's namespaces is written by the platform's deployers: leave it",
        messageExpression: `request.userInfo.username + " may not write the pod security level of namespace " + object.metadata.name + ": only the platform's deployers may"`,
      },
      {
        expression: any(byDeployer, `request.operation == "UPDATE"`, "!variables.isAmbits"),
        message: "namespaces of Ambit are made and deleted by the platform's deployers: change the fleet instead",
        messageExpression: `request.userInfo.username + " may not make or delete namespace " + request.name + ": only the platform's deployers may, change the fleet instead"`,
      },
    ],
  };
}
