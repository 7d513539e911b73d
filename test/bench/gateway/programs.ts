import { join } from "node:path";
import { type Bundle, bundle, BUNDLES, MAIN } from "../../../images/bundles";
import { succeed } from "../../e2e/harness/process";
import { npmNode } from "../../e2e/harness/npm-node";

const ROOT = join(__dirname, "../../..");
const { authorizer, exchange } = BUNDLES;

/** The authorizer that looks at nothing, bundled as ours is */
const ALLOWING: Bundle = { entry: "test/bench/gateway/always-allow.ts", beside: authorizer.beside };
const ANSWERING: Bundle = { entry: "test/bench/gateway/answers-all.ts", beside: [] };

/** What is measured: programs as images have them, not their sources, which are compiled as they start */
export interface Programs {
  /** Path of the Node that images are built with */
  readonly node: string;
  readonly nodeVersion: string;
  readonly authorizer: string;
  readonly exchange: string;
  readonly allowing: string;
  readonly answering: string;
}

export async function bundledPrograms(folder: string): Promise<Programs> {
  const { node } = await npmNode("node", join(ROOT, "test/e2e/engines/node"));
  return {
    node,
    nodeVersion: (await succeed(node, ["--version"])).stdout.trim(),
    authorizer: bundledProgram(join(folder, "authorizer"), authorizer),
    exchange: bundledProgram(join(folder, "exchange"), exchange),
    allowing: bundledProgram(join(folder, "allowing"), ALLOWING),
    answering: bundledProgram(join(folder, "answering"), ANSWERING),
  };
}

/** @returns what it begins with */
export function bundledProgram(folder: string, of: Bundle): string {
  bundle(ROOT, of, folder);
  return join(folder, MAIN);
}
