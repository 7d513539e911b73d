import { ROLE_TYPES, roleRulesOf } from "../../private/role-rules";
import type { BlockRule } from "../../rule";

/** `pods/*` and `*` with a subresource are wildcards too. */
export const wildcard: BlockRule = {
  id: "AMBIT-RBAC-WILDCARD",
  severity: "high",
  what: "a role must name each verb, resource and API group that it gives",
  why: "a wildcard also gives verbs and kinds that are installed later, which no review has seen",
  fix: "list the verbs, the resources and their groups",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "owasp-mcp/MCP02", "sp800-53/AC-6"],
  looksAt: ROLE_TYPES,
  *check(block) {
    for (const { at, groups, resources, verbs, written } of roleRulesOf(block)) {
      for (const [name, values] of Object.entries({ apiGroups: groups, resources, verbs })) {
        for (const value of values) if (value.includes("*")) yield { what: `${name}::${value}`, at, evidence: written };
      }
    }
  },
};
