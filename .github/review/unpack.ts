import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";

/** Bytes of the archive, bytes of all that it holds, and files */
export interface Limits {
  readonly archive: number;
  readonly content: number;
  readonly files: number;
}

const LIMITS: Limits = { archive: 50_000_000, content: 500_000_000, files: 10_000 };

/** The number of the pull request, and what it was synthesized to */
const NAME = /^(?:number|head\/[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*)$/;

/**
 * Unpack what the job of a pull request uploaded into a new folder: plain files, below it, and no more than the limits.
 *
 * The code of the pull request ran in that job, so that the archive may be anything.
 */
export function unpack(archive: string, folder: string, limits: Limits = LIMITS): void {
  const { size } = statSync(archive);
  if (size > limits.archive) throw new Error(`${archive} must be at most ${limits.archive} bytes, got ${size}`);
  const files = contentsOf(readFileSync(archive), limits);
  mkdirSync(folder);
  for (const [name, content] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content, { flag: "wx" });
  }
}

function contentsOf(bytes: Buffer, limits: Limits): readonly (readonly [string, Uint8Array])[] {
  const names = new Set<string>();
  let [entries, left] = [0, limits.content];
  // A link is a file like any other here: its target would be the content.
  const files = unzipSync(bytes, {
    filter: ({ name, size, originalSize }) => {
      if ((entries += 1) > limits.files) throw new Error(`the archive must hold at most ${limits.files} files`);
      if (name.endsWith("/")) return false;
      if (!NAME.test(name) || name.split("/").some((part) => part === "." || part === "..")) {
        throw new Error(
          `the archive must hold number and files of plain names below head, got ${JSON.stringify(name)}`,
        );
      }
      if (names.has(name)) throw new Error(`the archive must hold ${name} once`);
      names.add(name);
      left -= Math.max(size, originalSize);
      if (!(left >= 0)) throw new Error(`the archive must hold at most ${limits.content} bytes`);
      return true;
    },
  });
  return Object.entries(files);
}

if (require.main === module) {
  const [archive, folder] = process.argv.slice(2);
  if (archive === undefined || folder === undefined) throw new Error("usage: unpack.ts <archive> <folder>");
  unpack(archive, folder);
}
