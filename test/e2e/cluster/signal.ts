import type { OneNode } from "./one-node";

/** Send processes a signal, by their numbers as the node counts. */
export async function signal(on: OneNode, name: "CONT" | "KILL" | "STOP", processes: readonly number[]): Promise<void> {
  const { code, tail } = await on.namespaces.run("kill", [`-${name}`, ...processes.map(String)]);
  if (code !== 0) throw new Error(`the processes ${processes.join(", ")} get no SIG${name}: ${tail}`);
}
