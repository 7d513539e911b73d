import { podLabels } from "../../platform/pods";

/** Labels by which a component's pods are found */
export function componentLabels(name: string): Readonly<Record<string, string>> {
  return podLabels(name, "spire");
}

/** Pods on every node, with any taints. They run as root, because root owns the folders they use. */
export const NODE_POD = {
  enableServiceLinks: false,
  priorityClassName: "system-node-critical",
  securityContext: { runAsUser: "0", runAsGroup: "0", seccompProfile: { type: "RuntimeDefault" } },
  toleration: [{ operator: "Exists" }],
};
