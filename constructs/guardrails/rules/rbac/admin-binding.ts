import type { Json } from "../../../../domain";
import type { Block } from "../../block";
import { objectOf, typesOf } from "../../kubernetes-object";
import { BINDING_TYPES, BINDINGS, subjectsOf } from "../../private/bindings";
import { hasOthersThanSpire } from "../../private/spire-roles";
import type { BlockRule, Violation } from "../../rule";
import { blockOf, blocksOf, type BlockBody, textOf } from "../../value";

/** The roles of Kubernetes that hold all rights, and those that hold all rights of a namespace, its Secrets among them */
const ADMINS = new Set(["cluster-admin", "admin", "edit", "system:masters"]);

/** Roles of the system that are as much: the kubelet's, its API's, and those of controllers, of which one may change all roles */
const AS_MUCH = /^system:(?:aggregate-to-(?:admin|edit)|controller:.+|kube-controller-manager|kubelet-api-admin|node)$/;

export const adminBinding: BlockRule = {
  id: "AMBIT-RBAC-ADMIN-BINDING",
  severity: "critical",
  what: "no one may be bound to cluster-admin, admin, edit or a role with the same rights, and no role may gather their rights",
  why: "these roles read all Secrets and make pods under any service account, which is every identity of the namespace or cluster",
  fix: "bind a role that lists what is needed",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "owasp-asi/ASI10", "sp800-53/AC-6"],
  looksAt: [...BINDING_TYPES, ...typesOf("ClusterRole")],
  *check(block, stack) {
    yield* gathering(block);
    const binding = objectOf(block, ...BINDINGS);
    if (binding === undefined) return;
    const at = `${binding.at}role_ref.name`;
    const role = textOf(blockOf(binding.body, "role_ref", `${binding.at}role_ref`) ?? {}, "name", at);
    if (role !== undefined && (ADMINS.has(role) || AS_MUCH.test(role) || hasOthersThanSpire(binding, stack)))
      yield { what: role, at, evidence: [role, subjectsOf(binding).map(({ written }) => written)] };
  },
};

/** A role may be put together of all that have a label: of Kubernetes' own labels, that of the role `view` alone has no Secrets. */
function* gathering(block: Block): Generator<Violation> {
  const role = objectOf(block, "ClusterRole");
  if (role === undefined) return;
  const at = `${role.at}aggregation_rule.cluster_role_selectors`;
  for (const rule of blocksOf(role.body, "aggregation_rule", `${role.at}aggregation_rule`)) {
    for (const selector of blocksOf(rule, "cluster_role_selectors", at)) {
      const labels = Object.keys(blockOf(selector, "match_labels", `${at}.match_labels`) ?? {});
      if (labels.some((label) => label === VIEW || !label.startsWith(OF_KUBERNETES))) continue;
      yield { what: "aggregationRule", at, evidence: selector as BlockBody & Json };
    }
  }
}

const OF_KUBERNETES = "rbac.authorization.k8s.io/";
const VIEW = `${OF_KUBERNETES}aggregate-to-view`;
