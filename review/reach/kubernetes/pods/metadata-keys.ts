/** Annotations that describe: nothing that decides on access reads them. */
const DESCRIBING: readonly string[] = [
  "app.kubernetes.io/",
  "checksum/",
  "helm.sh/chart",
  "kubectl.kubernetes.io/",
  "kubernetes.io/change-cause",
  "kubernetes.io/description",
  "kubernetes.io/metadata.name",
  "meta.helm.sh/",
  "prometheus.io/",
];

/** What the constructs write for a reader */
const WITHOUT_MEANING: ReadonlySet<string> = new Set(["ambit.internal/config"]);

/** Labels without a prefix that webhooks are known to read; others without one are private to a user. */
const READ_WITHOUT_PREFIX: ReadonlySet<string> = new Set(["istio-injection"]);

export function speaksToNobody(key: string): boolean {
  return WITHOUT_MEANING.has(key) || DESCRIBING.some((prefix) => key.startsWith(prefix));
}

/** Labels that components of a cluster may go by: theirs carry a prefix. */
export function speaksToCluster(key: string): boolean {
  return READ_WITHOUT_PREFIX.has(key) || (key.includes("/") && !speaksToNobody(key));
}
