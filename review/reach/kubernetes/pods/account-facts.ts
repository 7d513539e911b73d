import { type Fact, fact, openQuestion } from "../fact";
import { flag, text } from "../objects/values";
import { type Account, addressOf, type Principal } from "../principal";
import { mountsToken } from "./pod-facts";

/** Web identity of EKS: AWS lets the account assume this role. */
const AWS_ROLE = "eks.amazonaws.com/role-arn";

/** Who somebody is for the cluster, and where it finds the token that proves it */
export function accountFacts(principal: Principal): readonly Fact[] {
  const address = addressOf(principal);
  return principal.accounts.flatMap((account) => [
    fact(
      "identity",
      `it is service account ${account.namespace}/${account.name}`,
      "it calls the API of the cluster as that",
      address,
    ),
    ...declaredFacts(account),
    ...tokenFacts(principal, account),
  ]);
}

function declaredFacts({ object }: Account): readonly Fact[] {
  if (object === undefined) return [];
  const { annotations, address } = object;
  return [...annotations].map(([key, value]) => {
    if (key === AWS_ROLE) {
      return fact(
        "trust",
        `its service account assumes ${value}`,
        `sts:AssumeRoleWithWebIdentity of ${value}`,
        address,
      );
    }
    const why = "what the cluster makes of it is not known here";
    return openQuestion(`its service account carries the annotation ${key}=${value}`, why, address);
  });
}

function tokenFacts({ workloads }: Principal, account: Account): readonly Fact[] {
  const { object, name, namespace } = account;
  const isMounted = object === undefined ? undefined : flag(object.body, "automountServiceAccountToken");
  const own = workloads.filter((workload) => workload.serviceAccount === name && workload.namespace === namespace);
  const mounting = own.filter((workload) => mountsToken(workload, isMounted));
  const written = object === undefined ? undefined : text(object.body, "automountServiceAccountToken");
  return [
    ...mounting
      .slice(0, 1)
      .map((workload) =>
        fact(
          "identity",
          "its containers find a token of their service account",
          "it reads /var/run/secrets/kubernetes.io/serviceaccount/token",
          workload.object.address,
        ),
      ),
    ...(object === undefined || written === "false"
      ? []
      : [
          fact(
            "identity",
            `pods of ${namespace}/${name} get its token unless they refuse it`,
            "a new pod reads the token",
            object.address,
            {
              key: `automount ${namespace}/${name} ${written === "true" ? "" : (written ?? "")}`,
            },
          ),
        ]),
  ];
}
