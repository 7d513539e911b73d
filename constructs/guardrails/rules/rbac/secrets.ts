import { reaches, ROLE_TYPES, roleRulesOf, verbsIn } from "../../private/role-rules";
import type { BlockRule } from "../../rule";

/** To list is to read: the answer has the data. */
export const secrets: BlockRule = {
  id: "AMBIT-RBAC-SECRETS",
  severity: "high",
  what: "a role must not read Secrets that it does not name",
  why: "the credentials of its namespace, or of every one, lie there, and tokens of service accounts among them",
  fix: "write a role of one namespace, with the verb get and resourceNames, or leave secrets out",
  standards: ["owasp-nhi/NHI2", "owasp-nhi/NHI5", "owasp-asi/ASI03", "sp800-53/AC-6"],
  looksAt: ROLE_TYPES,
  *check(block) {
    for (const rule of roleRulesOf(block)) {
      if (rule.names.length > 0 || !reaches(rule, "", "secrets")) continue;
      for (const verb of verbsIn(rule, "get", "list", "watch"))
        yield { what: verb, at: rule.at, evidence: rule.written };
    }
  },
};
