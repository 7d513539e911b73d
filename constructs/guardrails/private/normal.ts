import type { Json } from "../../../domain";
import { byText } from "../../../domain/by-text";
import { sortedKeys } from "../../../domain/json";
import { measureJson, membersIn } from "../../../iam/duplicate-keys";
import { type BlockBody, isObject } from "../value";

export interface Reading {
  /** Whether `image` is that of a container */
  readonly hasImages: boolean;
  readonly isKubernetes: boolean;
  /** Whether it stands in a text of JSON */
  readonly isText: boolean;
}

/** The same for what Terraform, AWS and Kubernetes take as the same, and for another release of the same image */
export function normal(value: Json, name: string, reading: Reading): Json {
  if (typeof value === "string") return text(value, name, reading);
  if (Array.isArray(value)) return list(value as readonly Json[], name, reading);
  return isObject(value) ? object(value, name, reading) : value;
}

function object(value: BlockBody, name: string, reading: Reading): Json {
  const isStatement = reading.isText && "Effect" in value && ("Action" in value || "NotAction" in value);
  const entries = Object.entries(value).flatMap(([key, each]) => {
    if (each === undefined || (isStatement && key === "Sid")) return [];
    if (reading.isKubernetes && !reading.isText && isOfRelease(name, key)) return [];
    if (isStatement && key === "Condition") return [[key, tests(each)] as const];
    return [[key, normal(each, key, reading)] as const];
  });
  return Object.fromEntries(entries);
}

/** Operators of a condition, keys and their values: which come first means nothing */
function tests(condition: Json): Json {
  if (Array.isArray(condition)) return set(condition as readonly Json[]);
  if (!isObject(condition)) return condition;
  return Object.fromEntries(Object.entries(condition).map(([key, each]) => [key, tests(each ?? null)]));
}

/** Labels and annotations that name a release or a configuration, which is judged where it stands */
function isOfRelease(within: string, key: string): boolean {
  if (within === "labels") return key === "app.kubernetes.io/version" || key === "helm.sh/chart";
  return within === "annotations" && (RELEASES.has(key) || key.startsWith("checksum/"));
}

const RELEASES = new Set(["ambit.internal/config", "kubectl.kubernetes.io/restartedAt"]);

/** Names of lists that are sets: of IAM, of its data source, and of RBAC */
const SETS = new Set([
  ...["Action", "NotAction", "Resource", "NotResource", "AWS", "Service", "Federated", "CanonicalUser"],
  ...["actions", "not_actions", "resources", "not_resources", "identifiers"],
  ...["verbs", "apiGroups", "api_groups", "resourceNames", "resource_names", "nonResourceURLs", "non_resource_urls"],
]);

function list(values: readonly Json[], name: string, reading: Reading): Json {
  if (SETS.has(name) && values.every((each) => typeof each === "string")) return set(values);
  const read = values.map((each) => normal(each, name, reading));
  if (name === "Statement" && reading.isText) return set(read);
  // A block may stand as an object, or as a list of one.
  return read.length === 1 && isObject(read[0]) && !reading.isText ? read[0] : read;
}

function set(values: readonly Json[]): Json {
  const byValue = new Map(values.map((each) => [JSON.stringify(each, sortedKeys), each]));
  const sorted = [...byValue].sort(([one], [other]) => byText(one, other)).map(([, each]) => each);
  return sorted.length === 1 ? (sorted[0] as Json) : sorted;
}

const IMAGES = new Set(["image", "image_uri", "container_uri"]);

function text(value: string, name: string, reading: Reading): Json {
  if (reading.hasImages && IMAGES.has(name)) return withoutRelease(value);
  const json = /^\s*[{[]/.test(value) ? jsonIn(value) : undefined;
  return json === undefined ? value : { json: normal(json, "", { ...reading, isText: true }) };
}

/** The repository of an image. What an expression computes stays as it is. */
export function withoutRelease(image: string): string {
  return image.replace(/@sha256:[0-9a-f]{64}$/, "").replace(/(?<=[\w}/.-])(?<!@sha256):[\w][\w.-]{0,127}$/, "");
}

/** Deepest nesting of a text that is read */
const DEEPEST = 100;

/** Undefined for what is no JSON, and where a key stands twice: two readers would take it for two things. */
function jsonIn(value: string): Json | undefined {
  try {
    const { members, depth } = measureJson(Buffer.from(value));
    if (depth > DEEPEST) return undefined;
    const json = JSON.parse(value) as Json;
    return membersIn(json) === members ? json : undefined;
  } catch {
    return undefined;
  }
}
