import type { Json } from "../../domain";
import type { Block } from "./block";
import { type KubernetesObject, objectOf, typesOf } from "./kubernetes-object";
import { mayHoldSecret, mayNameSecret } from "./secrets";
import type { StackJson } from "./stack";
import { type BlockBody, isObject, isReference } from "./value";
import { oncePer } from "./private/once-per";

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

/**
 * Whether a block may hold more than plain words. Most ConfigMaps of a fleet are records of single words, without secrets: rules about
 * configurations and programs find nothing in them.
 */
export const mayConfigure = oncePer((block: Block): boolean => !isPlainRecord(block));

function isPlainRecord({ type, body }: Block): boolean {
  const { data = null, binary_data = null } = body;
  if (!type.startsWith("kubernetes_config_map") || binary_data !== null || !isObject(data)) return false;
  return Object.keys(data).every((key) => !mayNameSecret(key) && isPlainWord(data[key] ?? null));
}

function isPlainWord(value: Json): boolean {
  return typeof value === "string" && WORD.test(value) && !mayHoldSecret(value);
}

interface Texts {
  readonly all: readonly ConfigText[];
  readonly configurations: readonly ConfigText[];
}

const NO_TEXTS: Texts = { all: [], configurations: [] };

/** Each rule about texts asks. */
const readIn = oncePer<StackJson, WeakMap<Block, Texts>>(() => new WeakMap());

/**
 * The texts of a resource, as far as they are known when the stack is rendered. A text that is one reference and nothing else is left
 * out: AMBIT-KUBERNETES-UNREAD-CONFIG alone refuses it, so that one unread file is one finding.
 */
export function configTextsOf(block: Block, stack: StackJson): readonly ConfigText[] {
  return textsOf(block, stack).all;
}

/** Those that may be a program's configuration: a single word is none, and most of a fleet's texts are one. */
export function configurationTextsOf(block: Block, stack: StackJson): readonly ConfigText[] {
  return textsOf(block, stack).configurations;
}

function textsOf(block: Block, stack: StackJson): Texts {
  const known = readIn(stack);
  const before = known.get(block);
  if (before !== undefined) return before;
  const all = readTexts(block, stack);
  const configurations = all.filter(({ text }) => !WORD.test(text));
  const texts = all.length === 0 ? NO_TEXTS : { all, configurations };
  known.set(block, texts);
  return texts;
}

const WORD = /^[\w.-]*$/;

function readTexts(block: Block, stack: StackJson): readonly ConfigText[] {
  const texts: ConfigText[] = [];
  for (const { key, at, value, encoded } of entriesOf(block)) {
    if (typeof value !== "string") continue;
    const text = isWholeReference(value) ? stack.evaluate(block, at) : value;
    if (text === undefined) continue;
    texts.push({ key, at, text: encoded ? decoded(text) : text });
  }
  return texts;
}

function decoded(text: string): string {
  return Buffer.from(text, "base64").toString("utf8");
}

/** An entry of a ConfigMap or Secret, whether it is known or not */
export interface ConfigEntry {
  readonly key: string;
  readonly at: string;
  readonly value: unknown;
  readonly encoded: boolean;
}

/** The entries of a ConfigMap or Secret, which several rules ask for. @throws UndecidedValue for a manifest that is known at apply only */
export const entriesOf = oncePer((block: Block): readonly ConfigEntry[] => {
  const object = objectOf(block, "ConfigMap", "Secret");
  return object === undefined ? [] : entriesIn(object);
});

const PARTS = ["data", "string_data", "binary_data"];

function entriesIn(object: KubernetesObject): readonly ConfigEntry[] {
  const entries: ConfigEntry[] = [];
  for (const name of PARTS) {
    const part = object.body[name];
    if (isObject(part)) entries.push(...entriesOfPart(object, name, part));
  }
  return entries;
}

function entriesOfPart(object: KubernetesObject, name: string, part: BlockBody): readonly ConfigEntry[] {
  const encoded = isEncoded(object, name);
  return Object.keys(part).map((key) => ({
    key,
    at: `${object.at}${name}[${JSON.stringify(key)}]`,
    value: part[key],
    encoded,
  }));
}

/** In a manifest, the data of a Secret is encoded; the provider encodes it by itself. */
function isEncoded({ kind, at }: KubernetesObject, name: string): boolean {
  return name === "binary_data" || (name === "data" && kind === "Secret" && at !== "");
}

/** Whether a text is one reference and nothing else */
export function isWholeReference(text: string): boolean {
  return isReference(text) && /^\s*\$\{[^]*\}\s*$/.test(text) && !text.trim().slice(2).includes("${");
}
