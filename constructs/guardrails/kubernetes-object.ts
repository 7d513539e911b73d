import type { Block } from "./block";
import { manifestOf, terraformKeys } from "./private/manifest";
import { blockOf, type BlockBody, isReference, textOf } from "./value";
import type { StackJson } from "./stack";
import { oncePer } from "./private/once-per";

/** An object of Kubernetes' API. All keys are those of the Terraform provider: `role_ref`, `match_labels`. */
export interface KubernetesObject {
  /** As the API names it, such as `ClusterRole` */
  readonly kind: string;
  /** Before the paths of its attributes: empty, or `manifest.` */
  readonly at: string;
  readonly body: BlockBody;
}

const VERSION = /_v\d+(?:(?:alpha|beta)\d+)?(?:_data)?$/;

/** What a rule about these kinds looks at: resources of the provider, of any version, and manifests */
export function typesOf(...kinds: readonly string[]): readonly (string | RegExp)[] {
  const names = kinds.map((kind) => kind.replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase());
  return [new RegExp(`^kubernetes_(?:${names.join("|")})(?:_v\\d\\w*)?$`), "kubernetes_manifest"];
}

/**
 * The object that a resource makes, if it is of one of these kinds; of any kind, if none is named.
 *
 * @throws UndecidedValue for a manifest that is known at apply only
 */
export function objectOf(block: Block, ...kinds: readonly string[]): KubernetesObject | undefined {
  if (block.type !== "kubernetes_manifest") {
    const kind = kindOf(block.type);
    return isWanted(kind, kinds) ? { kind, at: "", body: block.body } : undefined;
  }
  const { kind, manifest } = manifestOf(block);
  return isWanted(kind, kinds) ? { kind, at: "manifest.", body: terraformKeys(manifest) } : undefined;
}

function isWanted(kind: string, kinds: readonly string[]): boolean {
  return kinds.length === 0 || kinds.includes(kind);
}

const KINDS = new Map<string, string>();

/** The kind that a type of resource makes. Each rule asks of each resource, and a stack has few types. */
export function kindOf(type: string): string {
  const known = KINDS.get(type);
  if (known !== undefined) return known;
  const words = type.replace("kubernetes_", "").replace(VERSION, "");
  const kind = words.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  KINDS.set(type, kind);
  return kind;
}

/** The objects of these kinds in a stack. Those that are known at apply only are left out: a rule that looks at them refuses them. */
export function objectsIn(
  stack: StackJson,
  ...kinds: readonly string[]
): readonly (KubernetesObject & { block: Block })[] {
  return allIn(stack).filter(({ kind }) => kinds.includes(kind));
}

// Rules that look from one resource to those around it would read all of them for each.
const allIn = oncePer((stack: StackJson): readonly (KubernetesObject & { block: Block })[] =>
  stack.blocks.flatMap((block) => {
    if (block.mode !== "resource" || !block.type.startsWith("kubernetes_")) return [];
    if (block.type !== "kubernetes_manifest") return [{ kind: kindOf(block.type), at: "", body: block.body, block }];
    const manifest = block.body["manifest"];
    if (manifest === null || typeof manifest !== "object" || Array.isArray(manifest)) return [];
    const { kind, apiVersion = "" } = manifest as BlockBody;
    if (typeof apiVersion !== "string" || isReference(apiVersion)) return [];
    // The schema of a definition is large, and no rule looks at it.
    if (typeof kind !== "string" || kind === "CustomResourceDefinition") return [];
    return [{ kind, at: "manifest.", body: terraformKeys(manifest as BlockBody), block }];
  }),
);

/** Name and namespace, where they are written; a reference to another resource of the stack is its name. */
export function nameOf(body: BlockBody, stack: StackJson): ObjectName {
  const { name, namespace } = blockOf(body, "metadata") ?? {};
  return { name: writtenName(name, stack), namespace: writtenName(namespace, stack) };
}

interface ObjectName {
  readonly name: string | undefined;
  readonly namespace: string | undefined;
}

const NAME_OF = /^\$\{(kubernetes_\w+\.[\w-]+)(?:\[\d+\])?\.metadata(?:\[0\]|\.0)\.name\}$/;

/** A name, also one that refers to the metadata of another resource; undefined where it is known at apply only, or left out */
export function writtenName(value: unknown, stack: StackJson): string | undefined {
  if (typeof value !== "string") return undefined;
  if (!isReference(value)) return value;
  const referred = stack.at(NAME_OF.exec(value)?.[1] ?? "");
  if (referred === undefined) return undefined;
  const name = blockOf(referred.body, "metadata")?.["name"];
  return typeof name === "string" && !isReference(name) ? name : undefined;
}

/** One label. @throws UndecidedValue where it is known at apply only */
export function labelOf(body: BlockBody, key: string, at: string): string | undefined {
  return textOf(labelsIn(body, at), key, `${at}metadata.labels.${key}`);
}

/** Labels that are written. @throws UndecidedValue for those that are known at apply only */
export function labelsOf(body: BlockBody, at: string): Readonly<Record<string, string>> {
  const keys = Object.keys(labelsIn(body, at));
  return Object.fromEntries(keys.map((key) => [key, labelOf(body, key, at) ?? ""]));
}

function labelsIn(body: BlockBody, at: string): BlockBody {
  return blockOf(blockOf(body, "metadata", `${at}metadata`) ?? {}, "labels", `${at}metadata.labels`) ?? {};
}
