import { createHash } from "node:crypto";
import { byKey } from "../../domain/by-text";
import { Folder } from "./folder/folder";
import { folderContents } from "./folder/stray-files";
import { ReadError } from "./read-error";

/** SHA-256 of each file of a folder, in hexadecimal digits, by path from there with `/` */
export type FileDigests = ReadonlyMap<string, string>;

/** Format of a digest */
export const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * One digest of all files: equal if paths and contents are equal, on any machine and in any order.
 *
 * The length precedes each text, so that no path can be read as the end of another file.
 */
export function digestOf(files: FileDigests): string {
  const hash = createHash("sha256");
  for (const [path, digest] of [...files].sort(byKey)) {
    hash.update(`${measured(path)}${measured(digest)}`);
  }
  return `sha256:${hash.digest("hex")}`;
}

/**
 * Digests of every file in a folder that is to be applied.
 *
 * @throws ReadError if the folder is empty, or has a link, any other non-file, an entry that a review leaves out, or, in the
 * folder of a stack, a file that synth did not write
 */
export function filesOf(path: string): FileDigests {
  const folder = new Folder(path);
  const [ignored] = folder.ignored;
  if (ignored !== undefined) {
    throw new ReadError(ignored, "", "is not reviewed: remove it, and run terraform init after this");
  }
  const [stray] = folderContents(folder).stray;
  if (stray !== undefined) {
    throw new ReadError(stray, "", "was not written by synth, and Terraform may run or believe it: remove it");
  }
  if (folder.files.length === 0) throw new ReadError("", "", "the folder holds no files: name one that synth wrote");
  folder.readAll();
  return folder.read;
}

/** A file that differs from the reviewed one */
export interface FileDifference {
  readonly file: string;
  readonly how: "added" | "changed" | "removed";
}

/** By path */
export function differingFiles(reviewed: FileDigests, found: FileDigests): readonly FileDifference[] {
  const paths = [...new Set([...reviewed.keys(), ...found.keys()])].sort();
  return paths.flatMap((file): FileDifference[] => {
    if (!found.has(file)) return [{ file, how: "removed" }];
    if (!reviewed.has(file)) return [{ file, how: "added" }];
    return reviewed.get(file) === found.get(file) ? [] : [{ file, how: "changed" }];
  });
}

function measured(text: string): string {
  return `${Buffer.byteLength(text)}:${text}`;
}
