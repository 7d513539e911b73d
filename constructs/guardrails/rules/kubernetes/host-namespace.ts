import { nodeRightsOf } from "../../private/node-agents";
import { POD_TYPES, podsOf } from "../../pods";
import type { BlockRule } from "../../rule";
import { flagOf } from "../../value";

/** SPIRE's agent alone sees the node's processes: by them it tells which pod asks. */
export const hostNamespace: BlockRule = {
  id: "AMBIT-KUBERNETES-HOST-NAMESPACE",
  severity: "critical",
  what: "no pod may use the network, the processes or the shared memory of its node",
  why: "in the node's network no NetworkPolicy holds and the node's own identity answers; its processes show the keys of other pods",
  fix: "leave hostNetwork, hostPID and hostIPC out",
  standards: ["owasp-asi/ASI05", "owasp-nhi/NHI6", "sp800-53/AC-6", "sp800-53/SC-7", "maestro/L4"],
  looksAt: POD_TYPES,
  *check(block, stack) {
    for (const pod of podsOf(block)) {
      const isInHostPid = nodeRightsOf(block, pod, stack)?.isInHostPid === true;
      for (const name of ["host_network", "host_pid", "host_ipc"]) {
        const place = `${pod.at}.${name}`;
        if (flagOf(pod.spec, name, place) !== true || (name === "host_pid" && isInHostPid)) continue;
        yield { what: name, at: place, evidence: true };
      }
    }
  },
};
