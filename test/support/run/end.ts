import { rmSync } from "node:fs";
import { join } from "node:path";
import { ownFolder, ProcessFolder } from "./own-folder";

/** Of programs that call `module.enableCompileCache()` */
const CACHE_OF_NODE = "node-compile-cache";

/**
 * Removes the temporary folder of the run.
 *
 * @throws Error where tests left something in it. With `-t` nothing can be said: hooks of files without a test do not run.
 */
export default function end({ testNamePattern }: { readonly testNamePattern?: string }): void {
  const { path, before } = ownFolder;
  if (path === undefined) return;
  const left = ProcessFolder.left(join(path, "t")).filter((name) => name !== CACHE_OF_NODE);
  rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  delete process.env["AMBIT_TEST_SHARED"];
  if (before === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = before;
  if (left.length === 0 || testNamePattern) return;
  throw new Error(`tests left ${left.slice(0, 20).join(", ")} in the temporary folder: remove it in afterAll`);
}
