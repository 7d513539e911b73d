import { SPIRE_NAMESPACE } from "../../platform/names";
import { literal } from "../private/cel";
import { GUARDED, NORMAL, OWN_PATHS, touches, within } from "../private/host-paths";
import type { Policy } from "../private/policy";
import { NEW_PODS, outside, POD_VARIABLES, TEMPLATE_CHANGED } from "../private/workloads";

/**
 * What: no pod mounts a folder of its node that leads to SPIRE's sockets, but in the namespaces that the platform names
 * and, each its own folders, SPIRE's agent and CSI driver.
 *
 * Why: behind the server's admin socket lies every identity, and in the agents' folder a false Workload API could stand.
 * Folders from which a node runs programs lead there too, by another way: the pod security level `baseline` refuses
 * every host path.
 */
export function hostPaths(hostPathNamespaces: readonly string[]): Policy {
  return {
    name: "ambit-host-paths",
    ...outside(hostPathNamespaces),
    rules: NEW_PODS,
    conditions: TEMPLATE_CHANGED,
    variables: {
      ...POD_VARIABLES,
      paths: `variables.spec.?volumes.orValue([]).filter(volume, has(volume.hostPath)).map(volume, volume.hostPath.path.${NORMAL})`,
      own: `request.namespace == ${literal(SPIRE_NAMESPACE.system)} ? ${literal(OWN_PATHS)}[?variables.account].orValue([]) : []`,
      refused: `variables.paths.filter(path, ${touches("path", literal(GUARDED))} && !variables.own.exists(folder, ${within("path", "folder")}))`,
    },
    validations: [
      {
        expression: "size(variables.refused) == 0",
        message: "pods may not mount folders of the node that lead to SPIRE's sockets: leave the host path out",
        messageExpression: `"pods in namespace " + request.namespace + " may not mount " + variables.refused.map(path, path == "" ? "/" : path).join(", ") + " of the node, which leads to SPIRE's sockets: leave it out, or name the namespace in hostPathNamespaces of the platform"`,
      },
    ],
  };
}
