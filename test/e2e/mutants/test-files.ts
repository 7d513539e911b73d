import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./mutant";

/** Test files of the repository, relative to its root */
export function testFiles(): readonly string[] {
  return readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.ts"))
    .map((path) => `test/${path.split("\\").join("/")}`)
    .sort();
}
