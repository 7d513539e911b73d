import { all, any, literal } from "../private/cel";
import type { Principals } from "../../platform/cluster-checks";
import type { Policy } from "../private/policy";
import { DELETED_BY_CLEANER, requestedBy } from "../private/requesters";
import { AMBIT_NAMESPACES } from "../private/workloads";

/** EKS resolves network policies into objects of its own, which its agents on the nodes enforce. */
const EKS = { group: "networking.k8s.aws", user: "eks:network-policy-controller" };
const BY_EKS = all(
  `request.resource.group == ${literal(EKS.group)}`,
  `request.userInfo.username == ${literal(EKS.user)}`,
);

/**
 * What: in the namespaces of agents and platform only deployers write network policies, those of Cilium, Calico
 * and EKS too.
 *
 * Why: network policies add up, so one more is a way past the gateway, and one fewer is another. Policies for the whole
 * cluster belong to no namespace, and are a right for RBAC to give.
 */
export function networkPolicies(deployers: Principals): Policy {
  return {
    name: "ambit-network-policies",
    namespaces: AMBIT_NAMESPACES,
    rules: [
      {
        apiGroups: ["networking.k8s.io", "crd.projectcalico.org", "projectcalico.org", "cilium.io", EKS.group],
        resources: ["networkpolicies", "ciliumnetworkpolicies", "policyendpoints"],
        operations: ["CREATE", "UPDATE", "DELETE"],
      },
    ],
    validations: [
      {
        expression: any(requestedBy(deployers), DELETED_BY_CLEANER, BY_EKS),
        message:
          "network policies of Ambit's namespaces are written by the platform's deployers: declare a tool instead",
        messageExpression: `request.userInfo.username + " may not write network policies in namespace " + request.namespace + ": only the platform's deployers may, declare what the agent needs"`,
      },
    ],
  };
}
