import { objectOf } from "../../kubernetes-object";
import { BINDING_TYPES, BINDINGS, subjectsOf } from "../../private/bindings";
import type { BlockRule } from "../../rule";
import { blockOf, textOf } from "../../value";

/** The roles of Kubernetes that hold all rights, and those that hold all rights of a namespace, its Secrets among them */
const ADMINS = new Set(["cluster-admin", "admin", "edit", "system:masters"]);

export const adminBinding: BlockRule = {
  id: "AMBIT-RBAC-ADMIN-BINDING",
  severity: "critical",
  what: "no one may be bound to cluster-admin, admin or edit",
  why: "these roles read all Secrets and make pods under any service account, which is every identity of the namespace or cluster",
  fix: "bind a role that lists what is needed",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "owasp-asi/ASI10", "sp800-53/AC-6"],
  looksAt: BINDING_TYPES,
  *check(block) {
    const binding = objectOf(block, ...BINDINGS);
    if (binding === undefined) return;
    const at = `${binding.at}role_ref.name`;
    const role = textOf(blockOf(binding.body, "role_ref", `${binding.at}role_ref`) ?? {}, "name", at);
    if (role !== undefined && ADMINS.has(role))
      yield { what: role, at, evidence: [role, subjectsOf(binding).map(({ written }) => written)] };
  },
};
