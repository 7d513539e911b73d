import { type Fact, fact } from "../fact";
import { ACTIVE, STATE_LABEL, SUSPENDED } from "../labels";
import { flag, text } from "../objects/values";
import { type Account, addressOf, type Principal } from "../principal";
import type { SelectorKeys } from "../selector-keys";
import { annotationFacts, labelFacts } from "./metadata";
import { mountsToken } from "./pod-facts";

/** Web identity of EKS: AWS lets the account assume this role. */
const AWS_ROLE = "eks.amazonaws.com/role-arn";
/** With it, pods of the account mount only the secrets that it lists. */
const MOUNTABLE_ONLY = "kubernetes.io/enforce-mountable-secrets";

/** The identity of a principal in the cluster, and the place of the token that proves it */
export function accountFacts(principal: Principal, { isStateEvaluated }: SelectorKeys): readonly Fact[] {
  const address = addressOf(principal);
  return principal.accounts.flatMap((account) => [
    fact(
      "identity",
      `it is service account ${account.namespace}/${account.name}`,
      findsToken(principal, account) ? "it calls the API of the cluster as that" : "a pod of it runs as that",
      address,
    ),
    ...declaredFacts(account, isStateEvaluated),
    ...tokenFacts(principal, account),
  ]);
}

function declaredFacts({ object, namespace, name }: Account, isStateEvaluated: boolean): readonly Fact[] {
  if (object === undefined) return [];
  const { annotations, labels, address } = object;
  const role = annotations.get(AWS_ROLE);
  const scope = `account ${namespace}/${name}`;
  return [
    ...(role === undefined
      ? []
      : [fact("trust", `its service account assumes ${role}`, `sts:AssumeRoleWithWebIdentity of ${role}`, address)]),
    ...(annotations.get(MOUNTABLE_ONLY) === "true"
      ? []
      : [
          fact(
            "action",
            "its pods mount any secret of their namespace",
            "a secret that the account does not list",
            address,
            {
              scope,
              isRelative: true,
            },
          ),
        ]),
    ...annotationFacts(
      annotations,
      { whose: "its service account", address, scope, isRead: (key) => key === AWS_ROLE || key === MOUNTABLE_ONLY },
      true,
    ),
    ...(labels.get(STATE_LABEL) === ACTIVE
      ? [
          fact("identity", "its service account is marked as active", "a pod of it that is marked so", address, {
            scope,
            isRelative: true,
          }),
        ]
      : []),
    ...labelFacts(labels, {
      whose: "its service account",
      address,
      scope,
      isRead: () => false,
      isUnderstood: (key, value) =>
        isStateEvaluated && key === STATE_LABEL && (value === ACTIVE || value === SUSPENDED),
    }),
  ];
}

/** Whether pods find a token of their account; for pods declared elsewhere, whether they may request it */
function findsToken({ workloads }: Principal, { object, name, namespace }: Account): boolean {
  const isMounted = object === undefined ? undefined : flag(object.body, "automountServiceAccountToken");
  const own = workloads.filter((workload) => workload.serviceAccount === name && workload.namespace === namespace);
  return own.length === 0 ? isMounted !== false : own.some((workload) => mountsToken(workload, isMounted));
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
          { isToken: true },
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
              isToken: true,
            },
          ),
        ]),
  ];
}
