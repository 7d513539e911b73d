import { SPIRE_NAMESPACE } from "../../platform/names";
import { literal } from "../private/cel";
import type { Policy } from "../private/policy";
import { CONTAINERS, NEW_PODS, outside, POD_VARIABLES, TEMPLATE_CHANGED } from "../private/workloads";

/**
 * Capabilities that stay inside a container (capabilities(7)): those of the pod security level `baseline`, and some that
 * act on the pod's own network, memory and priorities. Runtimes take others in any case and with `CAP_` before them, so
 * these are listed, and as they are written.
 */
const HARMLESS = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "IPC_LOCK",
  "KILL",
  "MKNOD",
  "NET_ADMIN",
  "NET_BIND_SERVICE",
  "NET_RAW",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
  "SYS_NICE",
  "SYS_RESOURCE",
  "SYS_TIME",
];

/**
 * What: only pods of the namespaces that may mount SPIRE's folders see the node's processes, use its network, run
 * privileged, or get capabilities that lead out of the container.
 *
 * Why: each of them reaches the sockets, and the keys in the memory of agents, without mounting anything. A pod that
 * shares the node's processes and has the user id of another needs no privilege for that. In the node's network a pod
 * reaches what gives the node its own identity in the cloud, and no network policy holds for it.
 */
export function hostAccess(hostPathNamespaces: readonly string[]): Policy {
  const exempt = [...new Set([...hostPathNamespaces, SPIRE_NAMESPACE.system])];
  return {
    name: "ambit-host-access",
    ...outside(exempt),
    rules: [
      ...NEW_PODS,
      // What `kubectl debug` adds to a pod that runs.
      { apiGroups: [""], resources: ["pods/ephemeralcontainers"], operations: ["UPDATE"] },
    ],
    conditions: TEMPLATE_CHANGED,
    variables: {
      ...POD_VARIABLES,
      containers: CONTAINERS,
      capabilities: `variables.containers.map(container, container.?securityContext.?capabilities.?add.orValue([]).filter(name, !(name in ${literal(HARMLESS)})).join(", ")).filter(names, names != "")`,
    },
    validations: [
      {
        expression: "!variables.spec.?hostPID.orValue(false)",
        message: "pods may not see the node's processes: leave hostPID out",
        messageExpression: `"pods in namespace " + request.namespace + " may not see the node's processes: leave hostPID out, or name the namespace in hostPathNamespaces of the platform"`,
      },
      {
        expression: "!variables.spec.?hostNetwork.orValue(false)",
        message: "pods may not use the node's network: leave hostNetwork out",
        messageExpression: `"pods in namespace " + request.namespace + " may not use the node's network: leave hostNetwork out, or name the namespace in hostPathNamespaces of the platform"`,
      },
      {
        expression: `!variables.containers.exists(container, container.?securityContext.?privileged.orValue(false))`,
        message: "containers may not be privileged: leave privileged out",
        messageExpression: `"containers in namespace " + request.namespace + " may not be privileged: leave it out, or name the namespace in hostPathNamespaces of the platform"`,
      },
      {
        expression: "size(variables.capabilities) == 0",
        message: "containers may not add capabilities that lead out of them: leave the capability out",
        messageExpression: `"containers in namespace " + request.namespace + " may not add " + variables.capabilities.join(", ") + ": leave the capability out, or name the namespace in hostPathNamespaces of the platform"`,
      },
    ],
  };
}
