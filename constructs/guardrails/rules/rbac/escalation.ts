import { reaches, ROLE_TYPES, roleRulesOf, verbsIn } from "../../private/role-rules";
import { isRightOfSpire } from "../../private/spire-roles";
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
  // The kubelet runs commands in each pod of its node, by get too.
  ["", "nodes/proxy", "create", "get"],
  // A volume may be a folder of a node.
  ["", "persistentvolumes", "create"],
  // The API server sends objects and Secrets there, and takes what comes back.
  ["admissionregistration.k8s.io", "mutatingwebhookconfigurations", "create", "patch", "update"],
  ["admissionregistration.k8s.io", "validatingwebhookconfigurations", "create", "patch", "update"],
  ["admissionregistration.k8s.io", "mutatingadmissionpolicies", "create", "patch", "update"],
  ["apiregistration.k8s.io", "apiservices", "create", "patch", "update"],
];

/** What runs pods, under any service account of its namespace: in a cluster role, of each namespace */
const WORKLOADS: readonly (readonly [string, string])[] = [
  ["", "pods"],
  ["", "replicationcontrollers"],
  ["apps", "daemonsets"],
  ["apps", "deployments"],
  ["apps", "replicasets"],
  ["apps", "statefulsets"],
  ["batch", "cronjobs"],
  ["batch", "jobs"],
];

/** A name that is given narrows it to that account or role, and stays a finding: it is still another identity. */
export const escalation: BlockRule = {
  id: "AMBIT-RBAC-ESCALATION",
  severity: "critical",
  what: "no role may let its subjects become another identity or enter its pods",
  why: "by escalate, bind, impersonate, a token, exec, or a pod under another service account, its subject gets rights that the role does not list",
  fix: "leave the verb or the resource out, and give the right to run pods in roles of one namespace",
  standards: ["owasp-nhi/NHI5", "owasp-nhi/NHI10", "owasp-asi/ASI03", "owasp-asi/ASI10", "sp800-53/AC-6"],
  looksAt: ROLE_TYPES,
  *check(block, stack) {
    for (const rule of roleRulesOf(block)) {
      if (isRightOfSpire(block, rule, stack)) continue;
      for (const [group, resource, ...verbs] of BECOMES) {
        if (!reaches(rule, group, resource)) continue;
        for (const verb of verbsIn(rule, ...verbs))
          yield { what: `${resource}::${verb}`, at: rule.at, evidence: rule.written };
      }
      for (const [group, resource] of WORKLOADS) {
        if (!rule.isClusterWide || !reaches(rule, group, resource)) continue;
        for (const verb of verbsIn(rule, "create", "patch", "update"))
          yield { what: `${resource}::${verb}`, at: rule.at, evidence: rule.written };
      }
    }
  },
};
