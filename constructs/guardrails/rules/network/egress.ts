import type { BlockRule } from "../../rule";
import { RULE_TYPES, openRules } from "../../security-groups";

/** Rules inside the group, beside it, and of both families of addresses. A group without egress of its own has what other resources give it. */
export const openEgress: BlockRule = {
  id: "AMBIT-NETWORK-EGRESS",
  severity: "high",
  what: "a security group may not let a workload reach every address",
  why: "an agent that was talked into it sends data to any host of the internet",
  fix: "name the address ranges, prefix lists or security groups that it talks to",
  standards: ["sp800-53/SC-7", "maestro/L4", "sp800-207/2", "owasp-asi/ASI02", "owasp-asi/ASI05"],
  looksAt: RULE_TYPES,
  *check(block, stack) {
    yield* openRules(block, "egress", stack);
  },
};
