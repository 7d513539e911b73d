import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Removed at the end */
export function temporaryFolder(endings: (() => void)[]): string {
  const folder = mkdtempSync(join(tmpdir(), "ambit-dev-"));
  endings.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Of this path, for its owner alone */
export function madeFolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return resolve(folder);
}
