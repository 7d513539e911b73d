import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { madeOnce } from "../harness/cache";
import { succeed } from "../harness/process";
import { Skipped } from "../harness/suite";

const FOLDER = join(__dirname, "../engines/conformance");
const INSTALL_SECONDS = 600;

/** The official conformance suite of MCP, and the Node that it needs */
export interface ConformanceProgram {
  readonly node: string;
  readonly script: string;
}

export async function conformanceProgram(): Promise<ConformanceProgram> {
  const pinned = join(FOLDER, "package.json");
  try {
    const made = await madeOnce("conformance", [pinned], async (unfinished) => {
      copyFileSync(pinned, join(unfinished, "package.json"));
      // The package of Node is put in place by its own script.
      const install = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline"];
      await succeed("npm", install, { cwd: unfinished, timeoutSeconds: INSTALL_SECONDS });
      await succeed(nodeOf(unfinished), ["--version"]);
    });
    return { node: nodeOf(made), script: join(made, "node_modules/@modelcontextprotocol/conformance/dist/index.js") };
  } catch (error) {
    throw new Skipped(`the conformance suite cannot be installed: ${(error as Error).message.split("\n").at(-1)}`);
  }
}

function nodeOf(folder: string): string {
  return join(folder, "node_modules/node/bin/node");
}
