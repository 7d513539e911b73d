/** Kinds that are read, by API group: another group's kind of that name is another kind. */
const KINDS: ReadonlyMap<string, readonly string[]> = new Map([
  [
    "",
    [
      "ConfigMap",
      "Namespace",
      "Pod",
      "PodTemplate",
      "ReplicationController",
      "Secret",
      "Service",
      "ServiceAccount",
      "ResourceQuota",
      "LimitRange",
    ],
  ],
  ["apps", ["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"]],
  ["batch", ["CronJob", "Job"]],
  ["rbac.authorization.k8s.io", ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]],
  ["networking.k8s.io", ["NetworkPolicy"]],
  [
    "admissionregistration.k8s.io",
    [
      "MutatingAdmissionPolicy",
      "MutatingAdmissionPolicyBinding",
      "MutatingWebhookConfiguration",
      "ValidatingAdmissionPolicy",
      "ValidatingAdmissionPolicyBinding",
      "ValidatingWebhookConfiguration",
    ],
  ],
  ["spire.spiffe.io", ["ClusterFederatedTrustDomain", "ClusterSPIFFEID", "ClusterStaticEntry"]],
  ["policy", ["PodDisruptionBudget"]],
  ["autoscaling", ["HorizontalPodAutoscaler"]],
  ["scheduling.k8s.io", ["PriorityClass"]],
]);

/** A kind by its name alone where it is the one that is read, else with its API */
export function kindIn(apiVersion: string, kind: string): string {
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "" : apiVersion.slice(0, slash);
  return KINDS.get(group)?.includes(kind) ? kind : `${kind} of ${apiVersion}`;
}
