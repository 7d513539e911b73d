import { isObject, type JsonObject } from "../../../read/json";
import type { Estate, Resource } from "../../../read/resource";
import { withApiNames } from "./api-names";
import { unreadableParts } from "./unreadable-parts";
import { block, text, textMap, without } from "./values";

/** An object of the cluster, with the names of the Kubernetes API */
export interface KubernetesObject {
  readonly kind: string;
  readonly name: string;
  /** `default` if it is left out; without meaning for cluster-scoped kinds */
  readonly namespace: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  readonly body: JsonObject;
  /** Equal for equal objects of one reader */
  readonly id: number;
  /** Address of the Terraform resource */
  readonly address: string;
  /** Declared as a typed resource of the provider, whose defaults apply, not as a manifest */
  readonly isTyped: boolean;
  /** Parts with a known place in the object and an unknown value */
  readonly unreadable: readonly string[];
}

/** What Terraform adds to the arguments of a resource */
const META_ARGUMENTS: readonly string[] = [
  "//",
  "count",
  "depends_on",
  "for_each",
  "lifecycle",
  "provider",
  "timeouts",
  "wait",
  "wait_for",
  "wait_for_completion",
  "wait_for_rollout",
  "field_manager",
  "force",
  "computed_fields",
];

const MANIFEST = "kubernetes_manifest";
/** Resources of other providers that write to a cluster, in a form that is not evaluated here */
const FOREIGN = /^(helm_release|kubectl_\w+|kustomization_\w+)$/;
const TYPED = /^kubernetes_([a-z_]+?)(?:_v\d+(?:(?:alpha|beta)\d+)?)?(?:_data)?$/;

/** Without an expression or a dynamic block, a whole object can be read. */
const MAY_HIDE = /[$%]\{|"dynamic"/;

type Read = Omit<KubernetesObject, "address" | "id">;

/** Reads equal objects once, also across estates */
export class ObjectReader {
  private readonly known = new Map<string, Omit<KubernetesObject, "address"> | undefined>();
  /** A memo on frozen values: two estates share the values of one resource. */
  private readonly byValues = new WeakMap<
    JsonObject,
    { readonly object: Omit<KubernetesObject, "address"> | undefined }
  >();

  /** Every object that an estate puts into a cluster */
  public objectsIn(estate: Estate): readonly KubernetesObject[] {
    return estate.resources.flatMap((resource) => {
      const object = resource.mode === "managed" && isOfCluster(resource) ? this.read(resource) : undefined;
      return object === undefined ? [] : [{ ...object, address: resource.address }];
    });
  }

  private read(resource: Resource): Omit<KubernetesObject, "address"> | undefined {
    const read = this.byValues.get(resource.values) ?? { object: this.readAlike(resource) };
    this.byValues.set(resource.values, read);
    return read.object;
  }

  private readAlike(resource: Resource): Omit<KubernetesObject, "address"> | undefined {
    const { type, repeats, values } = resource;
    const given = without(values, META_ARGUMENTS);
    const text = JSON.stringify([type, repeats, repeats && values[repeats], given]);
    if (!this.known.has(text)) {
      const object = objectOf(resource, given, text);
      this.known.set(text, object && { ...object, id: this.known.size });
    }
    return this.known.get(text);
  }
}

/** Whether an object of a cluster is read from it, or its effect is reported as unknown */
export function isOfCluster({ type }: Pick<Resource, "type">): boolean {
  return type.startsWith("kubernetes_") || FOREIGN.test(type);
}

/** Whether an object may be of any kind, because its kind cannot be read */
export function mayBeAny({ kind }: Pick<KubernetesObject, "kind">): boolean {
  return FOREIGN.test(kind) || /^object(?: of |$)|[$%]\{/.test(kind);
}

/**
 * @param given its arguments
 * @param written all of it, as JSON
 */
function objectOf(resource: Resource, given: JsonObject, written: string): Read | undefined {
  const mayHide = MAY_HIDE.test(written);
  const object = (kind: string, body: JsonObject, isTyped: boolean): Read => ({
    ...named(kind, body),
    body,
    isTyped,
    unreadable: mayHide || resource.repeats !== undefined ? unreadableParts(resource, body) : [],
  });
  if (resource.type === MANIFEST) {
    const { manifest: body } = resource.values;
    if (!isObject(body)) return object("object", given, false);
    return object(kindIn(text(body, "apiVersion") ?? "", text(body, "kind") ?? "object"), body, false);
  }
  const kind = kindOf(resource.type);
  if (kind !== undefined) return object(kind, withApiNames(given), true);
  return FOREIGN.test(resource.type) ? object(resource.type, given, false) : undefined;
}

function named(kind: string, body: JsonObject): Omit<Read, "body" | "isTyped" | "unreadable"> {
  const metadata = block(body, "metadata");
  const isDefaultAccount = kind === "DefaultServiceAccount";
  return {
    kind: isDefaultAccount ? "ServiceAccount" : kind,
    name: text(metadata, "name") ?? (isDefaultAccount ? "default" : `${text(metadata, "generateName") ?? ""}*`),
    namespace: text(metadata, "namespace") ?? "default",
    labels: textMap(metadata, "labels"),
    annotations: textMap(metadata, "annotations"),
  };
}

/** `kubernetes_cluster_role_v1` is a `ClusterRole`; undefined if it is no typed resource */
function kindOf(type: string): string | undefined {
  return TYPED.exec(type)?.[1]?.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Evaluated kinds by API group: a kind of that name in another group is another kind. */
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

/** The kind's name alone if it is an evaluated one, otherwise with its API */
function kindIn(apiVersion: string, kind: string): string {
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "" : apiVersion.slice(0, slash);
  return KINDS.get(group)?.includes(kind) ? kind : `${kind} of ${apiVersion}`;
}
