import { nodeRightsOf } from "../../private/node-agents";
import { POD_TYPES, podsOf } from "../../pods";
import type { BlockRule } from "../../rule";
import { blockOf, flagOf, textsOf } from "../../value";

/** Pod Security `restricted` lets containers add this one alone. */
const HARMLESS = "NET_BIND_SERVICE";

/** SPIRE's CSI driver alone is privileged: it mounts the Workload API's socket into pods. */
export const privileged: BlockRule = {
  id: "AMBIT-KUBERNETES-PRIVILEGED",
  severity: "critical",
  what: "no container may be privileged or add capabilities",
  why: "an attacker who breaks into such a container has the node, the sockets of SPIRE on it, and every identity that runs there",
  fix: "leave privileged out, and drop all capabilities",
  standards: ["owasp-asi/ASI05", "owasp-nhi/NHI6", "sp800-53/AC-6", "maestro/L4"],
  looksAt: POD_TYPES,
  *check(block, stack) {
    for (const pod of podsOf(block)) {
      const allowed = nodeRightsOf(block, pod, stack)?.privileged ?? [];
      for (const { at, name, spec } of pod.containers) {
        const context = blockOf(spec, "security_context", `${at}.security_context`) ?? {};
        const place = `${at}.security_context.privileged`;
        if (flagOf(context, "privileged", place) === true && !allowed.includes(name))
          yield { what: `${name}::privileged`, at: place, evidence: true };
        const capabilities = blockOf(context, "capabilities", `${at}.security_context.capabilities`) ?? {};
        const added = `${at}.security_context.capabilities.add`;
        for (const capability of textsOf(capabilities, "add", added)) {
          if (capability !== HARMLESS) yield { what: `${name}::${capability}`, at: added, evidence: capability };
        }
      }
    }
  },
};
