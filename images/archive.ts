import { type Zippable, zipSync } from "fflate";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The first day that an archive can name: the same files give the same bytes whenever they are packed. */
const NO_DATE = new Date(1980, 0, 1);
/** The upper half of the attributes is the mode, here of a world-readable file. */
const READABLE = 0o100644 << 16;
const UNIX = 3;

/** The code of a function, as AWS Lambda takes it. */
export function archive(folder: string, file: string): void {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
  const files: Zippable = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
  writeFileSync(file, zipSync(files, { level: 9, mtime: NO_DATE, os: UNIX, attrs: READABLE }));
}
