import { reaches, ROLE_TYPES, roleRulesOf, verbsIn } from "../../private/role-rules";
import type { BlockRule } from "../../rule";

const CHANGES = ["delete", "deletecollection", "patch", "update"];

/** Group, resource and verbs by which pods are no longer confined. Policies that allow add up, so that a new one opens what others deny. */
const GUARDS: readonly (readonly [string, string, ...string[]])[] = [
  // Its labels say which level of Pod Security is enforced.
  ["", "namespaces", "patch", "update"],
  ["networking.k8s.io", "networkpolicies", "create", ...CHANGES],
  ["cilium.io", "ciliumnetworkpolicies", "create", ...CHANGES],
  ["cilium.io", "ciliumclusterwidenetworkpolicies", "create", ...CHANGES],
  ["crd.projectcalico.org", "globalnetworkpolicies", "create", ...CHANGES],
  ["crd.projectcalico.org", "networkpolicies", "create", ...CHANGES],
  ["projectcalico.org", "globalnetworkpolicies", "create", ...CHANGES],
  ["projectcalico.org", "networkpolicies", "create", ...CHANGES],
  ["policy.networking.k8s.io", "adminnetworkpolicies", "create", ...CHANGES],
  ["policy.networking.k8s.io", "baselineadminnetworkpolicies", ...CHANGES],
  ["policy.networking.k8s.io", "clusternetworkpolicies", "create", ...CHANGES],
  ["admissionregistration.k8s.io", "validatingadmissionpolicies", ...CHANGES],
  ["admissionregistration.k8s.io", "validatingadmissionpolicybindings", ...CHANGES],
  ["admissionregistration.k8s.io", "validatingwebhookconfigurations", "delete", "deletecollection"],
];

/** @see https://kubernetes.io/docs/concepts/security/rbac-good-practices/#namespace-modification */
export const guardRemoval: BlockRule = {
  id: "AMBIT-RBAC-GUARD-REMOVAL",
  severity: "high",
  what: "no role may change what confines pods: network policies, admission policies and the labels of namespaces",
  why: "its subject opens the network to an agent, or lets a privileged pod in, and the stacks that forbid both still show no change",
  fix: "leave it to the pipeline that deploys, and give others get, list and watch",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI10", "sp800-53/AC-6", "sp800-53/SC-7", "sp800-53/CM-6"],
  looksAt: ROLE_TYPES,
  *check(block) {
    for (const rule of roleRulesOf(block)) {
      for (const [group, resource, ...verbs] of GUARDS) {
        if (!reaches(rule, group, resource)) continue;
        for (const verb of verbsIn(rule, ...verbs))
          yield { what: `${resource}::${verb}`, at: rule.at, evidence: rule.written };
      }
    }
  },
};
