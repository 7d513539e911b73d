import { spirePrograms } from "../spire/programs";
import type { OneNode } from "./one-node";

/** SPIRE's agent, on each node */
export const NODE_AGENT = { namespace: "spire-system", labels: { "app.kubernetes.io/name": "spire-agent" } };
export const SERVER = { namespace: "spire-server", labels: { "app.kubernetes.io/name": "spire-server" } };

/** As root of the node, who reaches the server's socket past the API server */
export async function serverSays(on: OneNode, command: readonly string[]): Promise<unknown> {
  const reference = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "spire-server-0", namespace: SERVER.namespace },
  };
  const { uid } = (await on.client("administrator").get(reference)).metadata as unknown as { readonly uid: string };
  const folder = `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~empty-dir/server-socket`;
  const { server } = await spirePrograms();
  // The kernel takes no longer path of a socket than 107 characters, and the server no caller that it cannot see.
  const script = 'ln -sfn "$1" /run/server-socket; shift; exec nsenter --target "$(pgrep -xo spire-server)" --pid "$@"';
  const call = [server, ...command, "-socketPath", "/run/server-socket/api.sock", "-output", "json"];
  const { code, stdout, tail } = await on.namespaces.run("sh", ["-c", script, "call", folder, ...call]);
  if (code !== 0) throw new Error(`spire-server ${command.join(" ")} failed: ${tail}`);
  return JSON.parse(stdout);
}
