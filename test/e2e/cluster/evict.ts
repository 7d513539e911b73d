import type { KubeObject } from "../spire/kube-client";
import type { OneNode } from "./one-node";

/**
 * As `kubectl drain` asks for it
 *
 * @throws KubeError 429 where a budget does not let it go now
 */
export async function evict(on: OneNode, { metadata: { name, namespace = "" } }: KubeObject): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
  const metadata = { name, namespace };
  await on.client("administrator").send("POST", path, { apiVersion: "policy/v1", kind: "Eviction", metadata });
}
