import type { Principals } from "../../platform/cluster-checks";
import { SPIRE_ACCOUNT, SPIRE_NAMESPACE } from "../../platform/names";
import { any, literal } from "./cel";

/** CEL: true if one of them made the request; false if the list is empty */
export function requestedBy({ users, groups }: Principals): string {
  const named = [
    ...(users.length === 0 ? [] : [`request.userInfo.username in ${literal(users)}`]),
    ...(groups.length === 0 ? [] : [`request.userInfo.?groups.orValue([]).exists(group, group in ${literal(groups)})`]),
  ];
  return named.length === 0 ? "false" : any(...named);
}

const ofKubeSystem = (name: string): string => `system:serviceaccount:kube-system:${name}`;

/** They delete leftovers: objects of a deleted namespace, and dependents of a deleted owner. */
const CLEANERS = ["generic-garbage-collector", "namespace-controller"].map(ofKubeSystem);

/**
 * Controllers that write workloads, service accounts and published ConfigMaps
 * (Kubernetes 1.34, plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go).
 */
const CONTROLLERS = [
  // Where the controllers share one identity, it is this.
  "system:kube-controller-manager",
  ...CLEANERS,
  ...[
    "cronjob-controller",
    "daemon-set-controller",
    "deployment-controller",
    "horizontal-pod-autoscaler",
    "job-controller",
    "legacy-service-account-token-cleaner",
    "replicaset-controller",
    "replication-controller",
    "root-ca-cert-publisher",
    "service-account-controller",
    "statefulset-controller",
    "ttl-after-finished-controller",
  ].map(ofKubeSystem),
];

export const BY_CONTROLLER = requestedBy({ users: CONTROLLERS, groups: [] });

export const BY_KUBELET = requestedBy({ users: [], groups: ["system:nodes"] });

/** SPIRE's server, and the controller manager beside it */
export const BY_SPIRE_SERVER = requestedBy({
  users: [`system:serviceaccount:${SPIRE_NAMESPACE.server}:${SPIRE_ACCOUNT.server}`],
  groups: [],
});

export const DELETED_BY_CLEANER = `request.operation == "DELETE" && request.userInfo.username in ${literal([
  "system:kube-controller-manager",
  ...CLEANERS,
])}`;
