import type { Block } from "../block";
import { nameOf, objectOf } from "../kubernetes-object";
import type { PodTemplate } from "../pods";
import type { StackJson } from "../stack";

/** What a pod gets of its node, and needs for its work */
export interface NodeRights {
  readonly hostPaths: readonly string[];
  readonly isInHostPid: boolean;
  /** The containers that are privileged */
  readonly privileged: readonly string[];
}

const SOCKETS = "/run/spire/agent-sockets";

/**
 * SPIRE's own pods on each node, by service account. The agent tells processes apart by the node's process ids and makes the folder of
 * the sockets; the CSI driver mounts that folder into pods, for which Kubernetes wants a privileged container.
 */
const NODE_AGENTS: Readonly<Record<string, NodeRights>> = {
  "spire-agent": { hostPaths: [SOCKETS], isInHostPid: true, privileged: [] },
  "spiffe-csi-driver": {
    hostPaths: [
      SOCKETS,
      "/var/lib/kubelet/pods",
      "/var/lib/kubelet/plugins/csi.spiffe.io",
      "/var/lib/kubelet/plugins_registry",
    ],
    isInHostPid: false,
    privileged: ["spiffe-csi-driver"],
  },
};

/** What a pod may have of its node: undefined for all but SPIRE's daemon sets in the namespace that is theirs */
export function nodeRightsOf(block: Block, { spec }: PodTemplate, stack: StackJson): NodeRights | undefined {
  const object = objectOf(block, "DaemonSet");
  if (object === undefined || nameOf(object.body, stack).namespace !== "spire-system") return undefined;
  const account = spec["service_account_name"];
  return typeof account === "string" && Object.hasOwn(NODE_AGENTS, account) ? NODE_AGENTS[account] : undefined;
}
