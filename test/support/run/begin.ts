import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownFolder } from "./own-folder";

/**
 * The tests of a run, and the programs that they start, have a temporary folder of their own, see `end.ts`. Beside it is what
 * one test file makes for all.
 */
export default function begin(): void {
  ownFolder.before = process.env["TMPDIR"];
  const path = mkdtempSync(join(tmpdir(), "ambit-test-"));
  ownFolder.path = path;
  for (const [name, folder] of Object.entries({ TMPDIR: "t", AMBIT_TEST_SHARED: "shared" })) {
    mkdirSync(join(path, folder));
    process.env[name] = join(path, folder);
  }
  // It would lie in the temporary folder, and programs that tests start would compile everything again.
  process.env["SWC_NODE_CACHE_DIR"] ??= join(__dirname, "../../../node_modules/.cache/swc-node");
}
