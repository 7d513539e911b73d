import { join } from "node:path";
import { npmNode } from "../harness/npm-node";
import { Skipped } from "../harness/suite";

const FOLDER = join(__dirname, "../engines/conformance");

/** The official conformance suite of MCP, and the Node that it needs */
export interface ConformanceProgram {
  readonly node: string;
  readonly script: string;
}

export async function conformanceProgram(): Promise<ConformanceProgram> {
  try {
    const { node, modules } = await npmNode("conformance", FOLDER);
    return { node, script: join(modules, "@modelcontextprotocol/conformance/dist/index.js") };
  } catch (error) {
    throw new Skipped(`the conformance suite cannot be installed: ${(error as Error).message.split("\n").at(-1)}`);
  }
}
