import { POD_TYPES, podsOf } from "../../pods";
import type { BlockRule } from "../../rule";
import { blockOf } from "../../value";

/** A limit of the processor slows a container down and ends nothing: only memory is asked for. */
export const unlimited: BlockRule = {
  id: "AMBIT-KUBERNETES-UNLIMITED",
  severity: "low",
  what: "each container must have a limit of memory",
  why: "an agent that loops takes the memory of its node, and Kubernetes then ends other pods there",
  fix: "write resources.limits.memory",
  standards: ["owasp-asi/ASI08", "sp800-53/SC-5", "maestro/L4"],
  looksAt: POD_TYPES,
  *check(block) {
    for (const { containers, isPart } of podsOf(block)) {
      if (isPart === true) continue;
      for (const { at, name, spec } of containers) {
        const resources = blockOf(spec, "resources", `${at}.resources`) ?? {};
        const limits = blockOf(resources, "limits", `${at}.resources.limits`) ?? {};
        if ((limits["memory"] ?? null) === null)
          yield { what: name, at: `${at}.resources.limits.memory`, evidence: null };
      }
    }
  },
};
