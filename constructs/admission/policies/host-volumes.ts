import { literal } from "../private/cel";
import { GUARDED, NORMAL, touches } from "../private/host-paths";
import type { Policy } from "../private/policy";

/**
 * What: no PersistentVolume is a folder of a node that leads to SPIRE's sockets.
 *
 * Why: a pod that claims it mounts the folder without naming it. What a volume is cannot change later.
 */
export function hostVolumes(): Policy {
  return {
    name: "ambit-host-volumes",
    rules: [{ apiGroups: [""], resources: ["persistentvolumes"], operations: ["CREATE"] }],
    variables: {
      path: `[object.spec.?hostPath.?path, object.spec.?local.?path].filter(path, path.hasValue()).map(path, path.value().${NORMAL})`,
    },
    validations: [
      {
        expression: `!variables.path.exists(path, ${touches("path", literal(GUARDED))})`,
        message: "volumes may not be folders of a node that lead to SPIRE's sockets: take another folder",
        messageExpression: `"volume " + object.metadata.name + " may not be " + variables.path.map(path, path == "" ? "/" : path).join(", ") + " of a node, which leads to SPIRE's sockets: take another folder"`,
      },
    ],
  };
}
