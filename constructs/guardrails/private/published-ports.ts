import { existsWith } from "../attached";
import type { Block } from "../block";
import { nameOf, objectOf, objectsIn } from "../kubernetes-object";
import type { StackJson } from "../stack";
import { blockOf, blocksOf } from "../value";

/** Ports of the pods of a network policy that a load balancer of the stack publishes */
export function publishedPortsOf(block: Block, stack: StackJson): ReadonlySet<string> {
  const policy = objectOf(block, "NetworkPolicy");
  if (policy === undefined) return new Set();
  const spec = blockOf(policy.body, "spec") ?? {};
  const selector = blockOf(spec, "pod_selector") ?? {};
  // An expression may select other pods too.
  if ((selector["match_expressions"] ?? null) !== null) return new Set();
  const labels = blockOf(selector, "match_labels") ?? {};
  const { namespace } = nameOf(policy.body, stack);
  const published = new Set<string>();
  for (const { block: publishing, body } of objectsIn(stack, "Service")) {
    const service = blockOf(body, "spec") ?? {};
    const selected = Object.entries(blockOf(service, "selector") ?? {});
    const isMeant = selected.length > 0 && selected.every(([key, value]) => labels[key] === value);
    if (service["type"] !== "LoadBalancer" || nameOf(body, stack).namespace !== namespace || !isMeant) continue;
    if (!existsWith(publishing, block)) continue;
    for (const port of blocksOf(service, "port")) published.add(String(port["target_port"] ?? port["port"] ?? ""));
  }
  return published;
}
