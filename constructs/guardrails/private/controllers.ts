import { isObject, type BlockBody } from "../value";

/**
 * Groups whose controllers fetch manifests, charts and programs, or make resources of a cloud. Their objects say nothing that tells it: a
 * claim of Crossplane or kro looks as any other object.
 */
const GROUPS = new RegExp(
  `^(?:argoproj\\.io/\\w+ Application(?:Set)?$|(?:${[
    // Charts, manifests and bundles: Flux and its operators, Rancher, Carvel, Config Sync, Sveltos, Open Cluster Management, Porter
    "(?:helm|kustomize|source)\\.toolkit\\.fluxcd\\.io",
    "(?:source\\.extensions|infra\\.contrib)\\.fluxcd\\.io",
    "fluxcd\\.controlplane\\.io",
    "(?:helm|fleet)\\.cattle\\.io",
    "kappctrl\\.k14s\\.io",
    "packaging\\.carvel\\.dev",
    "config(?:sync|management)\\.gke\\.io",
    "config\\.projectsveltos\\.io",
    "(?:apps|work)\\.open-cluster-management\\.io",
    "getporter\\.org",
    // Operators, with their rights: OLM
    "operators\\.coreos\\.com",
    "olm\\.operatorframework\\.io",
    // Programs of Terraform, OpenTofu and Pulumi, and compositions
    "app\\.terraform\\.io",
    "tf\\.(?:galleybytes\\.com|isaaclabs\\.dev)",
    "(?:[\\w-]+\\.)?pulumi\\.com",
    "(?:[\\w-]+\\.)*core\\.oam\\.dev",
    "(?:[\\w-]+\\.)?kro\\.run",
    // Resources of a cloud: Crossplane, ACK, Config Connector, Azure Service Operator, Cluster API
    "(?:[\\w-]+\\.)*(?:crossplane\\.io|upbound\\.io|services\\.k8s\\.aws|cnrm\\.cloud\\.google\\.com|azure\\.com|cluster\\.x-k8s\\.io)",
  ].join("|")})/)`,
);

/** Groups of Kubernetes itself, whose controllers make what other rules judge */
const OWN = /^(?:[\w-]+|(?:[\w-]+\.)*k8s\.io)(?:\/|$)/;

/** Where Argo, Kargo, Pulumi and others fetch a program, a chart or manifests from, and how Crossplane's claims name what makes them */
const MAKES = new Set([
  "chartRef",
  "compositionRef",
  "compositionRevisionRef",
  "compositionSelector",
  "fluxSource",
  "forProvider",
  "gitRepo",
  "helmChart",
  "helmCharts",
  "imgpkgBundle",
  "hcl",
  "inlineModule",
  "projectRepo",
  "repoURL",
  "repoUrl",
  "terraformModule",
]);

/** What Flux serves to those that apply it */
const FLUX_SOURCES = /^(?:Bucket|ExternalArtifact|GitRepository|HelmChart|HelmRepository|OCIRepository)$/;

/** What an object has beside its kind, where it is no reference to another one */
const CONTENT = ["data", "metadata", "roleRef", "rules", "spec", "stringData", "subjects", "template", "webhooks"];

/**
 * Whether the controller of an object makes resources that no stack declares: by the group of its kind, or by what stands in it, which is
 * a place to fetch them from, another object, or the text of one.
 *
 * @param manifest with the names of the API
 */
export function makesOthers(manifest: BlockBody, kind: string): boolean {
  const version = String(manifest["apiVersion"]);
  if (GROUPS.test(`${version} ${kind}`)) return true;
  if (OWN.test(version)) return false;
  const { apiVersion: _, kind: __, metadata: ___, status: ____, ...rest } = manifest;
  return isMaking(rest, domainOf(version));
}

/** `networking.example.dev/v1` is of `example.dev`, whose controller has objects of its own as parts, such as channels of Knative. */
function domainOf(version: string): string {
  return (version.split("/")[0] as string).split(".").slice(-2).join(".");
}

function isMaking(value: unknown, domain: string): boolean {
  if (typeof value === "string") return isManifest(value);
  if (Array.isArray(value)) return value.some((each) => isMaking(each, domain));
  if (!isObject(value)) return false;
  if (isEmbedded(value, domain) || isRemoteTask(value) || isClone(value)) return true;
  if (domain === "argoproj.io" && isRemoteSource(value["source"])) return true;
  return Object.entries(value).some(
    ([key, each]) => (MAKES.has(key) && each !== null) || isFluxSource(key, each) || isMaking(each, domain),
  );
}

function isFluxSource(key: string, value: unknown): boolean {
  return key === "sourceRef" && isObject(value) && FLUX_SOURCES.test(String(value["kind"]));
}

function isEmbedded(value: BlockBody, domain: string): boolean {
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== "string" || typeof kind !== "string" || kind === "PersistentVolumeClaim") return false;
  return domainOf(apiVersion) !== domain && CONTENT.some((name) => (value[name] ?? null) !== null);
}

/** Tasks of Tekton that a resolver fetches. @see https://tekton.dev/docs/pipelines/resolution/ */
function isRemoteTask({ resolver, params }: BlockBody): boolean {
  return typeof resolver === "string" && resolver !== "cluster" && Array.isArray(params);
}

/** What a trigger of Argo Events makes. @see https://argoproj.github.io/argo-events/sensors/triggers/k8s-object-trigger/ */
function isRemoteSource(source: unknown): boolean {
  return isObject(source) && ["configmap", "file", "git", "s3", "url"].some((name) => isObject(source[name]));
}

/** What a policy of Kyverno copies into other namespaces, beside settings and credentials of registries */
function isClone({ kind, clone, cloneList }: BlockBody): boolean {
  const kinds = isObject(cloneList) && Array.isArray(cloneList["kinds"]) ? cloneList["kinds"] : [];
  const copied: readonly unknown[] = isObject(clone) ? [kind] : kinds;
  return copied.some((each) => !/^(?:v1\/)?(?:ConfigMap|Secret)$/.test(String(each)));
}

const NAMES_KIND = ["apiVersion", "kind"].map((name) => new RegExp(`(?:^|[\\n{,])[ \\t-]*["']?${name}["']?[ \\t]*:`));

/** A text that an object is read from, as a step of Argo's workflows applies it */
function isManifest(text: string): boolean {
  return text.includes("apiVersion") && NAMES_KIND.every((name) => name.test(text));
}
