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

/**
 * Run a program in the network of a pod, as root of the node: no user of the cluster gets into the pods of agents.
 *
 * @returns what it says
 */
export async function inPodOf(on: OneNode, pod: KubeObject, program: readonly string[]): Promise<string> {
  const { podIP } = pod.status as { readonly podIP: string };
  const { code, stdout, tail } = await on.namespaces.run("sh", ["-c", IN_POD, "ask", podIP, ...program]);
  if (code !== 0) throw new Error(`in the network of ${podIP}: ${tail}`);
  return stdout;
}

/** Ask the companion of an agent's pod. */
export async function askAgent(
  on: OneNode,
  pod: KubeObject,
  method: string,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly [status: number, answer: Answer]> {
  const said = body === undefined ? [] : [JSON.stringify(body), JSON.stringify(headers)];
  const stdout = await inPodOf(on, pod, [process.execPath, "-e", ASK_COMPANION, method, path, ...said]);
  return JSON.parse(stdout) as readonly [number, Answer];
}
