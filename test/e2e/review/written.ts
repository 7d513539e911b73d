import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Suite } from "../harness/suite";

/** Writes pages to files, as a reader opens them, until the suite ends; gives their addresses */
export function pageWriter(suite: Suite): (name: string, html: string) => string {
  const folder = mkdtempSync(join(tmpdir(), "ambit-pages-"));
  suite.afterwards(() => rmSync(folder, { recursive: true }));
  return (name, html) => {
    const file = join(folder, `${name}.html`);
    writeFileSync(file, html);
    return pathToFileURL(file).href;
  };
}
