import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Suite } from "../harness/suite";

/** An empty folder that is there until the suite is put away */
export function temporary(suite: Suite, name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `ambit-${name}-`));
  suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
