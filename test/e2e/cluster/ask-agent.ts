import type { Finished } from "../harness/process";
import type { KubeObject } from "../spire/kube-client";
import { type Answer, ASK_COMPANION } from "./ask-companion";
import type { OneNode } from "./one-node";

/** Find the network of the pod that has an address, and run a program there. */
const IN_POD = `
address=$1; shift
for network in /run/netns/*; do
  if nsenter --net="$network" ip -o -4 addr show | grep -qF " $address/"; then exec nsenter --net="$network" "$@"; fi
done
echo "no pod has the address $address" >&2; exit 1
`;

/** Run a program of this machine in the network of the pod that has an address. */
export function inNetworkOf(on: OneNode, podIP: string, program: readonly string[]): Promise<Finished> {
  return on.namespaces.run("sh", ["-c", IN_POD, "ask", podIP, ...program]);
}

/** Ask the companion of an agent's pod. No user of the cluster gets into that pod, so it is asked as root of the node. */
export async function askAgent(
  on: OneNode,
  pod: KubeObject,
  method: string,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly [status: number, answer: Answer]> {
  const { podIP } = pod.status as { readonly podIP: string };
  const program = [process.execPath, "-e", ASK_COMPANION, method, path];
  const said = body === undefined ? [] : [JSON.stringify(body), JSON.stringify(headers)];
  const { code, stdout, tail } = await inNetworkOf(on, podIP, [...program, ...said]);
  if (code !== 0) throw new Error(`the companion at ${podIP} is not asked: ${tail}`);
  return JSON.parse(stdout) as readonly [number, Answer];
}
