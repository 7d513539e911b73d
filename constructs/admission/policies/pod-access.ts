import type { Policy } from "../private/policy";
import { AMBIT_NAMESPACES } from "../private/workloads";

/**
 * What: no user gets into the pods of agents or platform: no exec, attach, port-forward, proxy or ephemeral container.
 *
 * Why: a user inside the pod holds its identity, and can use it until the SVID expires.
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
        message:
          "exec, attach, port-forward, proxy and ephemeral containers are refused in pods of agents and of the platform: read their logs",
        messageExpression: `request.resource.resource + "/" + request.subResource + " is refused in namespace " + request.namespace + ", for every user: read the logs of " + request.name`,
      },
    ],
  };
}
