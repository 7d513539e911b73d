import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Estate } from "../../../review/read/resource";
import { readEstate } from "../../../review/read/estate";
import { ReadCache } from "../../../review/read/folder/folder";
import { STACKS, type Synthesized } from "../example-app";
import { type Edit, edited } from "./edit";

/** Files of a synthesized folder, by path */
export type Files = Readonly<Record<string, string | Buffer>>;

export function filesOf({ stacks, registry, policy, bundle, sources }: Synthesized): Files {
  return {
    ...Object.fromEntries(STACKS.map((name) => [`stacks/${name}/cdk.tf.json`, stacks[name]])),
    "ambit/registry.json": registry,
    "ambit/policy.json": policy,
    "ambit/bundle.tar.gz": bundle,
    "ambit/sources.json": sources,
    "manifest.json": JSON.stringify({
      version: "0.21.0",
      stacks: Object.fromEntries(
        STACKS.map((name) => [name, { name, synthesizedStackPath: `stacks/${name}/cdk.tf.json`, dependencies: [] }]),
      ),
    }),
  };
}

export function withEdits(files: Files, edits: readonly Edit[]): Files {
  const copy: Record<string, string | Buffer> = { ...files };
  for (const edit of edits) copy[edit.file] = edited(String(copy[edit.file] ?? "{}"), edit);
  return copy;
}

/** A folder for all estates of a test file: a synthesized fleet is much to write, and most of it is what is there already. */
let rewritten: { readonly folder: string; files: Files } | undefined;
const isTest = typeof afterAll === "function";
if (isTest) afterAll(() => rewritten && rmSync(rewritten.folder, { recursive: true }));

/**
 * Read from a folder that is removed again
 *
 * @param once of what was read before, as `ambit review` reads head after base
 */
export function estateOf(files: Files, once = new ReadCache()): Estate {
  if (!isTest) return inFolder(files, (folder) => readEstate(folder, once));
  return readEstate(rewrittenWith(files), once);
}

function rewrittenWith(files: Files): string {
  const paths = Object.keys(files).sort().join("\n");
  if (rewritten === undefined || Object.keys(rewritten.files).sort().join("\n") !== paths) {
    if (rewritten !== undefined) rmSync(rewritten.folder, { recursive: true });
    rewritten = { folder: mkdtempSync(join(tmpdir(), "ambit-review-")), files: {} };
  }
  const { folder, files: before } = rewritten;
  write(
    folder,
    Object.entries(files).filter(([path, content]) => content !== before[path]),
  );
  rewritten.files = files;
  return folder;
}

function write(folder: string, files: readonly (readonly [path: string, content: string | Buffer])[]): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

export function inFolder<Value>(files: Files, act: (folder: string) => Value): Value {
  const folder = mkdtempSync(join(tmpdir(), "ambit-review-"));
  try {
    write(folder, Object.entries(files));
    return act(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
