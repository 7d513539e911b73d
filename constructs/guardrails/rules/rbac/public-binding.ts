import { objectOf } from "../../kubernetes-object";
import { BINDING_TYPES, BINDINGS, subjectsOf } from "../../private/bindings";
import type { BlockRule } from "../../rule";
import { textOf } from "../../value";

/** Users and groups that callers are in without being told apart */
const EVERYONE = /^system:(?:anonymous|unauthenticated|authenticated|serviceaccounts(?::.*)?)$/;

export const publicBinding: BlockRule = {
  id: "AMBIT-RBAC-PUBLIC-BINDING",
  severity: "critical",
  what: "no role may be bound to all callers or to all service accounts",
  why: "every pod, and for system:anonymous everyone who reaches the API server, gets its rights",
  fix: "bind the service account that needs the role",
  standards: ["owasp-nhi/NHI5", "owasp-nhi/NHI9", "owasp-asi/ASI03", "sp800-53/AC-6", "sp800-53/AC-14"],
  looksAt: BINDING_TYPES,
  *check(block) {
    const binding = objectOf(block, ...BINDINGS);
    if (binding === undefined) return;
    for (const { at, subject } of subjectsOf(binding)) {
      const name =
        textOf(subject, "kind", `${at}.kind`) === "ServiceAccount" ? "" : textOf(subject, "name", `${at}.name`);
      if (name !== undefined && EVERYONE.test(name)) yield { what: name, at, evidence: name };
    }
  },
};
