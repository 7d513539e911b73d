import { type Fact, openQuestion } from "../fact";

/** Metadata that webhooks and controllers may read: new entries and removed ones count */
export interface Metadata {
  /** Owner as a reader sees it, such as `its pods` */
  readonly whose: string;
  /** True if `whose` is a plural */
  readonly isPlural?: true;
  readonly address: string;
  /** Scope of the comparison: a new subject has no such change */
  readonly scope?: string;
  /** Keys that are evaluated elsewhere */
  readonly isRead: (key: string) => boolean;
  /** Entries that are evaluated elsewhere as long as they exist */
  readonly isUnderstood?: (key: string, value: string) => boolean;
}

const WHY = "what the cluster makes of it is not known here";
const WHY_LOST = "what the cluster refused because of it is not known here";

/** @param isNews whether the report lists them for a new subject; by default it does not */
export function annotationFacts(
  annotations: ReadonlyMap<string, string>,
  metadata: Metadata,
  isNews = false,
): readonly Fact[] {
  const told = [...annotations].filter(([key]) => !isDescriptive(key) && !metadata.isRead(key));
  return entryFacts("annotation", told, metadata, isNews);
}

export function labelFacts(labels: ReadonlyMap<string, string>, metadata: Metadata): readonly Fact[] {
  const told = [...labels].filter(([key]) => speaksToCluster(key) && !metadata.isRead(key));
  return entryFacts("label", told, metadata, false);
}

function entryFacts(
  kind: "annotation" | "label",
  entries: readonly (readonly [string, string])[],
  { whose, isPlural, address, scope, isUnderstood }: Metadata,
  isNews: boolean,
): readonly Fact[] {
  const within = scope === undefined ? {} : { scope };
  const open = entries.filter(([key, value]) => isUnderstood?.(key, value) !== true);
  return [
    ...open.map(([key, value]) =>
      openQuestion(`${whose} ${isPlural === true ? "carry" : "carries"} the ${kind} ${key}=${value}`, WHY, address, {
        ...within,
        isRelative: !isNews,
      }),
    ),
    openQuestion(`${whose} lost ${kind === "label" ? "a label" : "an annotation"}`, WHY_LOST, address, {
      ...within,
      under: entries.map(([key]) => key),
      isRelative: true,
    }),
  ];
}

/** Annotations that only describe: no access decision reads them. */
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

/** Written by the constructs for a reader */
const WITHOUT_MEANING: ReadonlySet<string> = new Set(["ambit.internal/config"]);

/** Labels without a prefix that known webhooks read; others without a prefix are private to a user. */
const READ_WITHOUT_PREFIX: ReadonlySet<string> = new Set(["istio-injection"]);

function isDescriptive(key: string): boolean {
  return WITHOUT_MEANING.has(key) || DESCRIBING.some((prefix) => key.startsWith(prefix));
}

/** Labels that components of a cluster may use: theirs have a prefix. */
function speaksToCluster(key: string): boolean {
  return READ_WITHOUT_PREFIX.has(key) || (key.includes("/") && !isDescriptive(key));
}
