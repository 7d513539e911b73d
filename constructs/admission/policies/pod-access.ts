import type { Policy } from "../private/policy";
import { AMBIT_NAMESPACES } from "../private/workloads";

/**
 * What: nobody gets into the pods of agents or platform: no exec, attach, port-forward, proxy or ephemeral container.
 *
 * Why: whoever is inside holds the identity, and can use it as long as an SVID lives.
 */
export function podAccess(): Policy {
  return {
    name: "ambit-pod-access",
    namespaces: AMBIT_NAMESPACES,
    rules: [
      {
        apiGroups: [""],
        resources: ["pods/exec", "pods/attach", "pods/portforward", "pods/proxy", "services/proxy"],
        operations: ["CONNECT"],
      },
      { apiGroups: [""], resources: ["pods/ephemeralcontainers"], operations: ["UPDATE"] },
    ],
    validations: [
      {
        expression: "false",
        message: "nobody gets into pods of agents or of the platform: read their logs",
        messageExpression: `request.resource.resource + "/" + request.subResource + " is refused in namespace " + request.namespace + ", to everybody: read the logs of " + request.name`,
      },
    ],
  };
}
