import { nodeRightsOf } from "../../private/node-agents";
import { objectOf, typesOf } from "../../kubernetes-object";
import { POD_TYPES, podsOf } from "../../pods";
import type { BlockRule } from "../../rule";
import { blockOf, blocksOf, textOf } from "../../value";

/** SPIRE's agent and CSI driver mount the folders that they need, and no other. */
export const hostPath: BlockRule = {
  id: "AMBIT-KUBERNETES-HOST-PATH",
  severity: "critical",
  what: "no pod or volume may be a folder of its node",
  why: "through such a folder a pod reaches the sockets of SPIRE and of the container runtime, or files of other pods",
  fix: "take an emptyDir, a claim of a volume, or the CSI driver of SPIFFE for the Workload API",
  standards: ["owasp-asi/ASI05", "owasp-nhi/NHI6", "sp800-53/AC-6", "maestro/L4"],
  looksAt: [...POD_TYPES, ...typesOf("PersistentVolume")],
  *check(block, stack) {
    for (const pod of podsOf(block)) {
      const allowed = nodeRightsOf(block, pod, stack)?.hostPaths ?? [];
      for (const volume of blocksOf(pod.spec, "volume", `${pod.at}.volume`)) {
        const hostPath = blockOf(volume, "host_path", `${pod.at}.volume.host_path`);
        if (hostPath === undefined) continue;
        const path = textOf(hostPath, "path", `${pod.at}.volume.host_path.path`) ?? "";
        if (!allowed.includes(path)) yield { what: path, at: `${pod.at}.volume.host_path`, evidence: path };
      }
    }
    const volume = objectOf(block, "PersistentVolume");
    if (volume === undefined) return;
    for (const spec of blocksOf(volume.body, "spec")) {
      const source = blockOf(spec, "persistent_volume_source") ?? spec;
      for (const kind of ["host_path", "local"]) {
        const folder = blockOf(source, kind);
        if (folder === undefined) continue;
        yield { what: kind, at: `${volume.at}spec.${kind}`, evidence: folder["path"] ?? null };
      }
    }
  },
};
