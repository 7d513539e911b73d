import { isObject, type JsonObject } from "../../../read/json";
import type { Estate, Resource } from "../../../read/resource";
import { withApiNames } from "./api-names";
import { kindIn } from "./api-groups";
import { unreadableParts } from "./unreadable";
import { block, text, textMap, without } from "./values";

/** An object of the cluster, with the names of the Kubernetes API */
export interface KubernetesObject {
  readonly kind: string;
  readonly name: string;
  /** `default` where it is left out; without meaning for what belongs to the cluster */
  readonly namespace: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  readonly body: JsonObject;
  /** Equal for objects that are written alike, of those that one reader read */
  readonly id: number;
  /** Of the Terraform resource */
  readonly address: string;
  /** Written as a resource of the provider, whose defaults hold, not as a manifest */
  readonly isTyped: boolean;
  /** Parts of it whose place in the object is known, but not what stands there */
  readonly unreadable: readonly string[];
}

/** What Terraform adds to the arguments of a resource */
const META_ARGUMENTS = [
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
/** Resources of other providers that write to a cluster, in a form that is not read here */
const FOREIGN = /^(helm_release|kubectl_\w+|kustomization_\w+)$/;
const TYPED = /^kubernetes_([a-z_]+?)(?:_v\d+(?:(?:alpha|beta)\d+)?)?(?:_data)?$/;

type Read = Omit<KubernetesObject, "address" | "id">;

/** Reads what is written alike once, in one estate and in another */
export class ObjectReader {
  private readonly known = new Map<string, Omit<KubernetesObject, "address"> | undefined>();

  /** Every object that an estate puts into a cluster */
  public objectsIn(estate: Estate): readonly KubernetesObject[] {
    return estate.resources.flatMap((resource) => {
      const object = resource.mode === "managed" && isOfCluster(resource) ? this.read(resource) : undefined;
      return object === undefined ? [] : [{ ...object, address: resource.address }];
    });
  }

  private read(resource: Resource): Omit<KubernetesObject, "address"> | undefined {
    const { type, repeats, values } = resource;
    const text = JSON.stringify([type, repeats, repeats && values[repeats], argumentsOf(resource)]);
    if (!this.known.has(text)) {
      const object = objectOf(resource);
      this.known.set(text, object && { ...object, id: this.known.size });
    }
    return this.known.get(text);
  }
}

function isOfCluster({ type }: Resource): boolean {
  return type.startsWith("kubernetes_") || FOREIGN.test(type);
}

function objectOf(resource: Resource): Read | undefined {
  if (resource.type === MANIFEST) return manifest(resource);
  const typed = TYPED.exec(resource.type)?.[1];
  if (typed !== undefined) return object(resource, kindOf(typed), withApiNames(argumentsOf(resource)), true);
  return FOREIGN.test(resource.type) ? object(resource, resource.type, argumentsOf(resource), false) : undefined;
}

function manifest(resource: Resource): Read {
  const { manifest: body } = resource.values;
  if (!isObject(body)) return object(resource, "object", argumentsOf(resource), false);
  return object(resource, kindIn(text(body, "apiVersion") ?? "", text(body, "kind") ?? "object"), body, false);
}

function argumentsOf({ values }: Resource): JsonObject {
  return without(values, META_ARGUMENTS);
}

function object(resource: Resource, kind: string, body: JsonObject, isTyped: boolean): Read {
  const metadata = block(body, "metadata");
  const isDefaultAccount = kind === "DefaultServiceAccount";
  return {
    kind: isDefaultAccount ? "ServiceAccount" : kind,
    name: text(metadata, "name") ?? (isDefaultAccount ? "default" : `${text(metadata, "generateName") ?? ""}*`),
    namespace: text(metadata, "namespace") ?? "default",
    labels: textMap(metadata, "labels"),
    annotations: textMap(metadata, "annotations"),
    body,
    isTyped,
    unreadable: unreadableParts(resource, body),
  };
}

/** `cluster_role` is a `ClusterRole` */
function kindOf(words: string): string {
  return words.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
