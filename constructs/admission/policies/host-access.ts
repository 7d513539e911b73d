import { SPIRE_NAMESPACE } from "../../platform/names";
import { literal } from "../private/cel";
import type { Policy } from "../private/policy";
import { CONTAINERS, NEW_PODS, POD_VARIABLES, TEMPLATE_CHANGED } from "../private/workloads";

/** Capabilities with which a container leaves its container, or reads the memory of others (capabilities(7)) */
const ESCAPES = ["ALL", "BPF", "DAC_READ_SEARCH", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO"];

/**
 * What: only pods of the namespaces that may mount SPIRE's folders see the node's processes, run privileged, or get
 * capabilities that lead out of the container.
 *
 * Why: each of them reaches the sockets, and the keys in the memory of agents, without mounting anything. A pod that
 * shares the node's processes and has the user id of another needs no privilege for that.
 */
export function hostAccess(hostPathNamespaces: readonly string[]): Policy {
  const exempt = [...new Set([...hostPathNamespaces, SPIRE_NAMESPACE.system])];
  return {
    name: "ambit-host-access",
    namespaces: { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: exempt }] },
    rules: [
      ...NEW_PODS,
      // What `kubectl debug` adds to a pod that runs.
      { apiGroups: [""], resources: ["pods/ephemeralcontainers"], operations: ["UPDATE"] },
    ],
    conditions: TEMPLATE_CHANGED,
    variables: {
      ...POD_VARIABLES,
      containers: CONTAINERS,
      capabilities: `variables.containers.map(container, container.?securityContext.?capabilities.?add.orValue([]))`,
    },
    validations: [
      {
        expression: "!variables.spec.?hostPID.orValue(false)",
        message: "pods may not see the node's processes: leave hostPID out",
        messageExpression: `"pods in namespace " + request.namespace + " may not see the node's processes: leave hostPID out, or name the namespace in hostPathNamespaces of the platform"`,
      },
      {
        expression: `!variables.containers.exists(container, container.?securityContext.?privileged.orValue(false))`,
        message: "containers may not be privileged: leave privileged out",
        messageExpression: `"containers in namespace " + request.namespace + " may not be privileged: leave it out, or name the namespace in hostPathNamespaces of the platform"`,
      },
      {
        expression: `!variables.capabilities.exists(added, added.exists(name, name in ${literal(ESCAPES)}))`,
        message: `containers may not add ${ESCAPES.join(", ")}: leave the capability out`,
        messageExpression: `"containers in namespace " + request.namespace + " may not add ${ESCAPES.join(", ")}: leave the capability out, or name the namespace in hostPathNamespaces of the platform"`,
      },
    ],
  };
}
