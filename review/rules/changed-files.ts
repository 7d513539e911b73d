import { isUtf8 } from "node:buffer";
import { printable } from "../../domain/printable";
import { ReadError } from "../read/read-error";

const WRITE = "write the list with git diff --name-only --no-renames -z";

/**
 * The paths of files that a pull request changes, as `git diff --name-only --no-renames -z` writes them, or one per line.
 *
 * @throws ReadError for a path outside a repository: a misread list would guard nothing
 */
export function readChangedFiles(bytes: Buffer, file: string): readonly string[] {
  if (!isUtf8(bytes)) throw new ReadError(file, "", "must be UTF-8: leave out files of other names, or rename them");
  const text = bytes.toString("utf8");
  if (text.startsWith("\ufeff")) {
    throw new ReadError(file, "", "must have no byte order mark: it would be part of the first path");
  }
  const paths = text.includes("\0") ? text.split("\0") : text.split(/\r?\n/);
  if (paths.at(-1) === "") paths.pop();
  for (const [index, path] of paths.entries()) {
    const problem = pathProblem(path, !text.includes("\0"));
    if (problem === undefined) continue;
    throw new ReadError(file, `path ${index + 1}`, `${problem}, got ${printable(JSON.stringify(path))}`);
  }
  return [...new Set(paths)].sort();
}

function pathProblem(path: string, isLine: boolean): string | undefined {
  if (isLine && path.startsWith('"')) return `is quoted by git: ${WRITE}`;
  if (isLine && /[\p{Cc}\\]/u.test(path)) return `holds what git would quote: ${WRITE}`;
  const isWithin = path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  return isWithin ? undefined : "must be a path from the root of the repository, without . and ..";
}
