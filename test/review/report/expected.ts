import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A whole report of the example, as a reader gets it */
export function expectedReport(name: string): string {
  return readFileSync(join(__dirname, "expected", name), "utf8");
}
