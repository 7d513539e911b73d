import { reaches, ROLE_TYPES, roleRulesOf, verbsIn } from "../../private/role-rules";
import type { BlockRule } from "../../rule";

/** Group, resource and verbs by which a subject becomes another. @see https://kubernetes.io/docs/concepts/security/rbac-good-practices/ */
const BECOMES: readonly (readonly [string, string, ...string[]])[] = [
  ["rbac.authorization.k8s.io", "roles", "escalate", "bind"],
  ["rbac.authorization.k8s.io", "clusterroles", "escalate", "bind"],
  ["", "users", "impersonate"],
  ["", "groups", "impersonate"],
  ["", "serviceaccounts", "impersonate"],
  ["", "serviceaccounts/token", "create"],
  ["", "pods/exec", "create", "get"],
  ["", "pods/attach", "create", "get"],
  ["", "pods/ephemeralcontainers", "patch", "update"],
  ["certificates.k8s.io", "certificatesigningrequests/approval", "update", "patch"],
  ["certificates.k8s.io", "signers", "approve", "sign"],
];

/** A name that is given narrows it to that account or role, and stays a finding: it is still another identity. */
export const escalation: BlockRule = {
  id: "AMBIT-RBAC-ESCALATION",
  severity: "critical",
  what: "no role may let its subjects become another identity or enter its pods",
  why: "by escalate, bind, impersonate, a token or exec, its subject gets rights that the role does not list",
  fix: "leave the verb or the subresource out",
  standards: ["owasp-nhi/NHI5", "owasp-nhi/NHI10", "owasp-asi/ASI03", "owasp-asi/ASI10", "sp800-53/AC-6"],
  looksAt: ROLE_TYPES,
  *check(block) {
    for (const rule of roleRulesOf(block)) {
      for (const [group, resource, ...verbs] of BECOMES) {
        if (!reaches(rule, group, resource)) continue;
        for (const verb of verbsIn(rule, ...verbs))
          yield { what: `${resource}::${verb}`, at: rule.at, evidence: rule.written };
      }
    }
  },
};
