import type { OneNode } from "../one-node";
import { OUTSIDE } from "./expected";

/** Folder of named networks, where the node's CNI plugin has those of pods too */
const NETWORKS = "/run/netns";
const OUTSIDE_NAME = "outside";
/** The node's end of the way there: an address that nothing else has */
const WAY_OUT = "10.255.255.1";

const MAKE_OUTSIDE = `set -eu
way=$1; shift
ip netns add ${OUTSIDE_NAME}
ip link add outside0 type veth peer name eth0 netns ${OUTSIDE_NAME}
ip addr add "$way/32" dev outside0
ip link set outside0 up
within() { ip -n ${OUTSIDE_NAME} "$@"; }
within link set lo up
within link set eth0 up
for address in "$@"; do
  within addr add "$address/32" dev eth0
  ip route add "$address/32" dev outside0
done
within route add default via "$way" dev eth0 onlink
`;

const LIST = `for network in ${NETWORKS}/*; do nsenter --net="$network" ip -o -4 addr show eth0 | sed "s|^|$network |"; done`;

/** A network beyond the node, whose hosts have the addresses of the table. None of their packets leaves the node. */
export async function makeOutside(on: OneNode): Promise<void> {
  await must(on, "sh", "-c", MAKE_OUTSIDE, "outside", WAY_OUT, ...Object.values(OUTSIDE));
}

export async function removeOutside(on: OneNode): Promise<void> {
  // The way there goes with its other end.
  await must(on, "ip", "netns", "delete", OUTSIDE_NAME);
}

/** Paths of networks on the node, by each address that they have */
export async function networksByAddress(on: OneNode): Promise<ReadonlyMap<string, string>> {
  const lines = (await must(on, "sh", "-c", LIST)).split("\n").filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const [network] = line.split(" ") as [string];
      return [/ inet ([\d.]+)\//.exec(line)?.[1] ?? "", network];
    }),
  );
}

async function must(on: OneNode, command: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, tail } = await on.namespaces.run(command, args);
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${tail}`);
  return stdout;
}
