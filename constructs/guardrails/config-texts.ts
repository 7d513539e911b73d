import type { Block } from "./block";
import { type KubernetesObject, objectOf, typesOf } from "./kubernetes-object";
import type { StackJson } from "./stack";
import { isObject, isReference } from "./value";

/** A text that a ConfigMap or a Secret carries */
export interface ConfigText {
  /** Name of the file, as a pod sees it */
  readonly key: string;
  /** Such as `data["envoy.yaml"]` */
  readonly at: string;
  /** May hold references between other text */
  readonly text: string;
}

/** What a rule about configurations looks at */
export const CONFIG_TYPES = typesOf("ConfigMap", "Secret");

const TEXTS = ["data", "string_data"];

/**
 * The texts of a resource, as far as they are known when the stack is rendered. A text that is one reference and nothing else is left
 * out: AMBIT-KUBERNETES-UNREAD-CONFIG alone refuses it, so that one unread file is one finding.
 */
export function configTextsOf(block: Block, stack: StackJson): readonly ConfigText[] {
  // Blocks do not change, and each rule about texts asks anew.
  const known = READ.get(stack) ?? new Map<Block, readonly ConfigText[]>();
  READ.set(stack, known);
  const before = known.get(block);
  if (before !== undefined) return before;
  const texts = readTexts(block, stack);
  known.set(block, texts);
  return texts;
}

const READ = new WeakMap<StackJson, Map<Block, readonly ConfigText[]>>();

function readTexts(block: Block, stack: StackJson): readonly ConfigText[] {
  return entriesOf(block).flatMap(({ key, at, value, encoded }) => {
    if (typeof value !== "string") return [];
    const text = isWholeReference(value) ? stack.evaluate(block, at) : value;
    return text === undefined ? [] : [{ key, at, text: encoded ? Buffer.from(text, "base64").toString("utf8") : text }];
  });
}

/** The entries of a ConfigMap or Secret, whether they are known or not. @throws UndecidedValue for a manifest that is known at apply only */
export function entriesOf(
  block: Block,
): readonly { readonly key: string; readonly at: string; readonly value: unknown; readonly encoded: boolean }[] {
  const object = objectOf(block, "ConfigMap", "Secret");
  if (object === undefined) return [];
  return [...TEXTS, "binary_data"].flatMap((name) => {
    const entries = object.body[name];
    return isObject(entries)
      ? Object.entries(entries).map(([key, value]) => ({
          key,
          at: `${object.at}${name}[${JSON.stringify(key)}]`,
          value,
          encoded: isEncoded(object, name),
        }))
      : [];
  });
}

/** In a manifest, the data of a Secret is encoded; the provider encodes it by itself. */
function isEncoded({ kind, at }: KubernetesObject, name: string): boolean {
  return name === "binary_data" || (name === "data" && kind === "Secret" && at !== "");
}

/** Whether a text is one reference and nothing else */
export function isWholeReference(text: string): boolean {
  return isReference(text) && /^\s*\$\{[^]*\}\s*$/.test(text) && !text.trim().slice(2).includes("${");
}
