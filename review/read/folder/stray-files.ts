import { posix } from "node:path";
import { isObject, type JsonObject, member } from "../json";
import type { Folder } from "./folder";

/** What synth writes outside the folders of stacks */
const DOCUMENTS = [
  "manifest.json",
  "ambit/registry.json",
  "ambit/sources.json",
  "ambit/policy.json",
  "ambit/bundle.tar.gz",
];
const SYNTHESIZED = /^stacks\/[^/]+\/cdk\.tf\.json$/;
const ASSET = /assets\/[\w.@+-]+(?:\/[\w.@+-]+)*/g;

export interface FolderContents {
  /** The JSON of each stack; empty where the folder is not one that synth wrote */
  readonly stacks: readonly string[];
  /** Assets that the JSON of their stack names, by path or by folder: Terraform applies them, no review reads them */
  readonly assets: readonly string[];
  /** What lies in the folder of a stack, where Terraform may run or believe it, and synth did not write */
  readonly stray: readonly string[];
}

/**
 * What lies in a folder beside what synth writes. Terraform runs providers from `terraform.d/plugins`, and believes a lock file,
 * a state and variables that lie where it works.
 */
export function folderContents(folder: Folder): FolderContents {
  const stacks = stackFilesOf(folder);
  const known = new Set([...DOCUMENTS, ...stacks]);
  const named = stacks.map((file) => ({ place: posix.dirname(file), assets: once(() => assetsIn(folder, file)) }));
  const assets: string[] = [];
  const stray: string[] = [];
  for (const file of folder.files) {
    if (known.has(file)) continue;
    const holders = named.filter(({ place }) => place === "." || file.startsWith(`${place}/`));
    if (holders.length === 0) continue;
    const isPlan = holders.some(({ place }) => posix.join(place, "plan.json") === file);
    if (isPlan) continue;
    const isAsset = holders.some(({ place, assets: all }) => isNamed(posix.relative(place, file), all()));
    (isAsset ? assets : stray).push(file);
  }
  return { stacks, assets, stray };
}

function stackFilesOf(folder: Folder): readonly string[] {
  const files = new Set(folder.files.filter((file) => SYNTHESIZED.test(file)));
  const stacks = member(manifestOf(folder), "stacks");
  for (const stack of isObject(stacks) ? Object.values(stacks) : []) {
    const path = isObject(stack) ? member(stack, "synthesizedStackPath") : undefined;
    if (typeof path === "string" && folder.has(path)) files.add(path);
  }
  return [...files].sort();
}

/** Readers of the manifest say what is wrong with it. */
function manifestOf(folder: Folder): JsonObject {
  try {
    return folder.objectIfAny("manifest.json") ?? {};
  } catch {
    return {};
  }
}

/** A stack's JSON is large, and most have no other file beside them that it might name. */
function once<Value>(read: () => Value): () => Value {
  let known: Value | undefined;
  return () => (known ??= read());
}

function assetsIn(folder: Folder, file: string): ReadonlySet<string> {
  const bytes = folder.bytes(file);
  return new Set(bytes.includes("assets/") ? bytes.toString("utf8").match(ASSET) : []);
}

/** Whether the file, or a folder above it within `assets/`, is named */
function isNamed(path: string, assets: ReadonlySet<string>): boolean {
  const parts = path.split("/");
  if (parts[0] !== "assets" || parts.includes("terraform.d")) return false;
  return parts.some((_, at) => at > 0 && assets.has(parts.slice(0, at + 1).join("/")));
}
