import type { BlockRule } from "../../rule";
import { RULE_TYPES, openRules } from "../../security-groups";

/** Rules inside the group, beside it, and of both families of addresses. */
export const openIngress: BlockRule = {
  id: "AMBIT-NETWORK-INGRESS",
  severity: "high",
  what: "a security group may not let every address in",
  why: "everyone on the internet reaches the port, and tries what is behind it",
  fix: "name the address ranges, prefix lists or security groups that may reach it",
  standards: ["sp800-53/SC-7", "maestro/L4", "owasp-nhi/NHI6", "sp800-207/2"],
  looksAt: RULE_TYPES,
  *check(block, stack) {
    yield* openRules(block, "ingress", stack);
  },
};
