import type { Folder } from "../folder/folder";
import { folderContents } from "../folder/stray-files";
import { isObject, member, show } from "../json";
import { ReadError } from "../read-error";
import type { Unread } from "../resource";

/** The files of one folder, which Terraform reads together */
export interface StackFiles {
  readonly name: string;
  readonly folder: string;
  readonly configuration: readonly string[];
  readonly plan?: string;
}

export interface Layout {
  readonly stacks: readonly StackFiles[];
  /** Whether CDKTF wrote the folder: then all its files belong to it */
  readonly isSynthesized: boolean;
  readonly unread: readonly Unread[];
}

/** Stack of the files in the top folder */
const ROOT = "root";
const SYNTHESIZED = /^stacks\/([^/]+)\/cdk\.tf\.json$/;
const OVERRIDE = /(?:^|_)override\.tf\.json$/;

const HCL = "Terraform's own syntax and OpenTofu's files are not read: write a .tf.json";

/** Files that affect a stack and are not Terraform JSON */
const UNREADABLE: readonly (readonly [RegExp, string])[] = [
  [/\.(?:tf|tofu|tofu\.json)$/, HCL],
  [
    /(?:^|\.auto)\.tfvars(?:\.json)?$|^terraform\.tfvars(?:\.json)?$/,
    "files of variables are not read: write defaults",
  ],
  [OVERRIDE, "override files change what other files say and are not read: write the values in their place"],
];

/** @throws ReadError if there is no stack, or the manifest names a missing file */
export function layoutOf(folder: Folder): Layout {
  const manifest = member(folder.objectIfAny("manifest.json") ?? {}, "stacks");
  const written = folder.files.flatMap((file) => SYNTHESIZED.exec(file)?.[1] ?? []);
  const isSynthesized = isObject(manifest) || written.length > 0;
  const folders = isSynthesized ? synthesizedFolders(folder, manifest, written) : plainFolders(folder);
  if (folders.size === 0 && isSynthesized) {
    throw new ReadError("manifest.json", "stacks", "names no stack: run synth again");
  }
  if (folders.size === 0) {
    throw new ReadError("", "", "the folder has no Terraform JSON: name one with manifest.json or *.tf.json");
  }
  const stacks: StackFiles[] = [];
  const unread: Unread[] = [];
  const byFolder = grouped(folder.files);
  for (const [name, path] of folders) {
    const files = byFolder.get(path) ?? [];
    for (const file of files) {
      const [, why] = UNREADABLE.find(([pattern]) => pattern.test(nameOf(file))) ?? [];
      if (why !== undefined)
        unread.push({ place: { file, address: name }, why: `${why} (#${shortDigest(folder, file)})`, mayDeny: true });
    }
    const plan = path === "" ? "plan.json" : `${path}/plan.json`;
    stacks.push({
      name,
      folder: path,
      configuration: files.filter((file) => file.endsWith(".tf.json") && !OVERRIDE.test(nameOf(file))),
      ...(files.includes(plan) && { plan }),
    });
  }
  const known = new Set(folders.values());
  for (const file of folder.files) {
    if (!/\.tf(?:\.json)?$/.test(file) || known.has(folderOf(file))) continue;
    const why = isSynthesized ? "it belongs to no stack of the manifest: remove it, or synth again" : HCL;
    unread.push({
      place: { file, address: file },
      why: `${why} (#${shortDigest(folder, file)})`,
      ...(!isSynthesized && { mayDeny: true }),
    });
  }
  return { stacks, isSynthesized, unread: [...unread, ...(isSynthesized ? strayIn(folder, stacks, unread) : [])] };
}

/** Files in Terraform's working folder with an unknown effect, with their content */
function strayIn(folder: Folder, stacks: readonly StackFiles[], unread: readonly Unread[]): readonly Unread[] {
  const read = new Set([
    ...stacks.flatMap(({ configuration }) => configuration),
    ...unread.map(({ place }) => place.file),
  ]);
  const { stray, assets } = folderContents(folder);
  const unreadFile =
    (why: string) =>
    (file: string): Unread => ({ place: { file, address: file }, why: `${why} (#${shortDigest(folder, file)})` });
  return [
    ...stray
      .filter((file) => !read.has(file))
      .map(unreadFile("was not written by synth, and Terraform may run or believe it: remove it")),
    ...assets.map(unreadFile("an asset is code or data that is not read: read its source, and build it again")),
  ];
}

function synthesizedFolders(
  folder: Folder,
  manifest: unknown,
  written: readonly string[],
): ReadonlyMap<string, string> {
  if (!isObject(manifest)) return new Map(written.map((name) => [name, `stacks/${name}`]));
  const folders = new Map<string, string>();
  const taken = new Set<string>();
  for (const [name, entry] of Object.entries(manifest)) {
    const path = isObject(entry) ? member(entry, "synthesizedStackPath") : undefined;
    const place = `stacks.${name}.synthesizedStackPath`;
    if (typeof path !== "string" || /^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.?(?:[/\\]|$)|\\/.test(path)) {
      throw new ReadError(
        "manifest.json",
        place,
        `must be a path within the folder, got ${show(path)}: run synth again`,
      );
    }
    if (!folder.has(path))
      throw new ReadError("manifest.json", place, `${show(path)} is not in the folder: run synth again`);
    if (taken.has(folderOf(path))) {
      throw new ReadError(
        "manifest.json",
        place,
        `${show(path)} is the folder of another stack as well: run synth again`,
      );
    }
    taken.add(folderOf(path));
    folders.set(name, folderOf(path));
  }
  return folders;
}

function plainFolders(folder: Folder): ReadonlyMap<string, string> {
  const paths = new Set(folder.files.filter((file) => file.endsWith(".tf.json")).map(folderOf));
  if (paths.has("") && paths.has(ROOT)) {
    throw new ReadError(ROOT, "", "is what the files outside of folders are called: rename the folder");
  }
  return new Map([...paths].map((path) => [path === "" ? ROOT : path, path]));
}

function grouped(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const file of files) {
    const group = groups.get(folderOf(file));
    if (group === undefined) groups.set(folderOf(file), [file]);
    else group.push(file);
  }
  return groups;
}

/** Makes changed text a different unread part */
function shortDigest(folder: Folder, file: string): string {
  return folder.digest(file).slice(0, 32);
}

function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf("/")));
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}
