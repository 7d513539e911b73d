import { all, any } from "../private/cel";
import type { Principals } from "../../platform/cluster-checks";
import type { Policy } from "../private/policy";
import { BY_KUBELET, requestedBy } from "../private/requesters";
import { AMBIT_NAMESPACES, IN_PLATFORM } from "../private/workloads";

/**
 * What: only kubelets, for their pods, and, in the platform's namespaces, deployers request tokens of service accounts
 * in the namespaces of agents and platform. No Secret may hold one.
 *
 * Why: with a token of SPIRE's agent, bound to a pod and made for the server's audience, a client can attest as a node
 * and gets the identities of all its pods. Tokens in Secrets do not expire. RBAC must guard other Secrets.
 */
export function tokens(deployers: Principals): Policy {
  const byDeployer = requestedBy(deployers);
  return {
    name: "ambit-tokens",
    namespaces: AMBIT_NAMESPACES,
    rules: [
      { apiGroups: [""], resources: ["serviceaccounts/token"], operations: ["CREATE"] },
      { apiGroups: [""], resources: ["secrets"], operations: ["CREATE"] },
    ],
    variables: {
      ...IN_PLATFORM,
      keepsToken: `request.resource.resource == "secrets" && dyn(object).?type.orValue("") == "kubernetes.io/service-account-token"`,
    },
    validations: [
      {
        expression: any(
          `request.resource.resource != "serviceaccounts"`,
          BY_KUBELET,
          all("variables.inPlatform", byDeployer),
        ),
        message: "tokens of service accounts of agents and platform are for kubelets: use the agent's SVID",
        messageExpression: `request.userInfo.username + " gets no token of service account " + request.name + " in namespace " + request.namespace + ": only kubelets get them, for their pods"`,
      },
      {
        expression: "!variables.keepsToken",
        message: "no Secret keeps the token of a service account of agents or platform: leave it out",
        messageExpression: `"no Secret in namespace " + request.namespace + " keeps the token of a service account: leave it out, kubelets get short-lived ones"`,
      },
    ],
  };
}
