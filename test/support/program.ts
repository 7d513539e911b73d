import { existsSync, mkdtempSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { build, type Plugin } from "esbuild";

const ROOT = resolve(__dirname, "../..");
const PACKAGES = join(ROOT, "node_modules");
const MAIN = "main.js";

/** Files that lie beside a source are found there, and not beside the bundle. */
const ownFolders: Plugin = {
  name: "own-folders",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      return { contents: text.replace(/\b__dirname\b/g, () => JSON.stringify(dirname(path))), loader: "ts" };
    }),
};

/**
 * A program as one file of JavaScript, for tests that start it many times: a start takes a third of what it takes to load
 * each source by itself. It is made once for all test files of a run; its frames of a stack are not those of the source.
 *
 * @param entry such as `cli/dev/main.ts`
 */
export async function programOf(entry: string): Promise<string> {
  const shared = process.env["AMBIT_TEST_SHARED"] ?? mkdtempSync(join(tmpdir(), "ambit-programs-"));
  const kept = join(shared, entry.replaceAll("/", "-"));
  if (existsSync(kept)) return join(kept, MAIN);
  const folder = mkdtempSync(join(shared, "program-"));
  await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile: join(folder, MAIN),
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    packages: "external",
    keepNames: true,
    plugins: [ownFolders],
    logLevel: "error",
  });
  symlinkSync(PACKAGES, join(folder, "node_modules"));
  return join(placed(folder, kept), MAIN);
}

/** Another test file may have placed its own meanwhile. */
function placed(folder: string, kept: string): string {
  try {
    renameSync(folder, kept);
    return kept;
  } catch {
    return folder;
  }
}
