import { realpathSync } from "node:fs";
import { sep } from "node:path";

/** Whether a file lies in a folder, links followed. @throws for a file or folder that is not there */
export function isWithin(folder: string, file: string): boolean {
  return realpathSync(file).startsWith(`${realpathSync(folder)}${sep}`);
}
