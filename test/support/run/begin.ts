import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownFolder } from "./own-folder";

/** The tests of a run, and the programs that they start, have a temporary folder of their own, see `end.ts`. */
export default function begin(): void {
  ownFolder.before = process.env["TMPDIR"];
  ownFolder.path = mkdtempSync(join(tmpdir(), "ambit-test-"));
  process.env["TMPDIR"] = ownFolder.path;
  // It would lie in the temporary folder, and programs that tests start would compile everything again.
  process.env["SWC_NODE_CACHE_DIR"] ??= join(__dirname, "../../../node_modules/.cache/swc-node");
}
