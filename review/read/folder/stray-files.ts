import { posix } from "node:path";
import { isObject, type JsonObject, member } from "../json";
import type { Folder } from "./folder";

/** Files that synth writes outside the folders of stacks */
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
  /** The JSON of each stack; empty if synth did not write the folder */
  readonly stacks: readonly string[];
  /** Assets that the JSON of their stack names, by path or by folder: Terraform applies them, no review reads them */
  readonly assets: readonly string[];
  /** Files in the folder of a stack that synth did not write and Terraform may execute or trust */
  readonly stray: readonly string[];
}

/**
 * Files beside those of synth. Terraform executes providers in `terraform.d/plugins`, and trusts a lock file,
 * a state and variables in its working folder.
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

/** Readers of the manifest report its errors. */
function manifestOf(folder: Folder): JsonObject {
  try {
    return folder.objectIfAny("manifest.json") ?? {};
  } catch {
    return {};
  }
}

/** A stack's JSON is large, and most folders have no other file that it might name. */
function once<Value>(read: () => Value): () => Value {
  let known: Value | undefined;
  return () => (known ??= read());
}

function assetsIn(folder: Folder, file: string): ReadonlySet<string> {
  const bytes = folder.bytes(file);
  return new Set(bytes.includes("assets/") ? bytes.toString("utf8").match(ASSET) : []);
}

/** Whether a stack names the file, or a folder above it within `assets/` */
function isNamed(path: string, assets: ReadonlySet<string>): boolean {
  const parts = path.split("/");
  if (parts[0] !== "assets" || parts.includes("terraform.d")) return false;
  return parts.some((_, at) => at > 0 && assets.has(parts.slice(0, at + 1).join("/")));
}
