import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { archive } from "./archive";
import { bundle, BUNDLES, type FunctionName } from "./bundles";

const ROOT = resolve(__dirname, "..");

/**
 * Path of a function's archive, made of the source as it is now: the bytes that `npm run bundles` makes of it, while what lies in
 * `dist` may be older. It is removed when this process ends.
 */
export function packed(name: FunctionName): string {
  const folder = mkdtempSync(join(tmpdir(), "ambit-code-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  bundle(ROOT, BUNDLES[name], join(folder, name));
  const file = join(folder, `${name}.zip`);
  archive(join(folder, name), file);
  return file;
}
