import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { madeOnce } from "./cache";
import { succeed } from "./process";

const INSTALL_SECONDS = 600;

export interface NpmPrograms {
  readonly node: string;
  /** Where npm has put the packages */
  readonly modules: string;
}

/**
 * A Node other than the one that tests run on, with what runs on it: what `package.json` of the folder names, by npm, once.
 *
 * @param name of what is kept
 */
export async function npmNode(name: string, folder: string): Promise<NpmPrograms> {
  const pinned = join(folder, "package.json");
  const made = await madeOnce(name, [pinned], async (unfinished) => {
    copyFileSync(pinned, join(unfinished, "package.json"));
    // The package of Node is put in place by its own script.
    const install = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline"];
    await succeed("npm", install, { cwd: unfinished, timeoutSeconds: INSTALL_SECONDS });
    await succeed(nodeOf(unfinished), ["--version"]);
  });
  return { node: nodeOf(made), modules: join(made, "node_modules") };
}

function nodeOf(folder: string): string {
  return join(folder, "node_modules/node/bin/node");
}
