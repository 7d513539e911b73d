import { OneNode } from "./one-node";
import { nodePrograms } from "./programs";

/** Starts a node, says where it is, and waits to be killed. */
async function main(): Promise<void> {
  const { folder, namespaces } = await OneNode.start(await nodePrograms(), { images: [] });
  process.stdout.write(`${JSON.stringify({ folder, pid: namespaces.pid })}\n`);
  setInterval(() => undefined, 1_000_000);
}

void main();
