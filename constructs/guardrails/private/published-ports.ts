import { existsWith } from "../attached";
import type { Block } from "../block";
import { nameOf, objectOf, objectsIn } from "../kubernetes-object";
import type { StackJson } from "../stack";
import { type BlockBody, blockOf, blocksOf, UndecidedValue } from "../value";
import { oncePer } from "./once-per";

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
  const balancers = balancersIn(stack);
  const published = new Set<string>();
  for (const [key, value] of Object.entries(labels)) {
    for (const each of balancers.get(pairOf(key, value)) ?? []) {
      const isMeant = each.namespace === namespace && each.selected.every(([name, text]) => labels[name] === text);
      if (isMeant && existsWith(each.block, block)) for (const port of each.ports) published.add(port);
    }
  }
  return published;
}

interface Balancer {
  readonly block: Block;
  readonly namespace: string | undefined;
  readonly selected: readonly (readonly [name: string, value: unknown])[];
  readonly ports: readonly string[];
}

/** By the one of its labels that the fewest load balancers select by: each policy asks, and a stack may have as many of both. */
const balancersIn = oncePer((stack: StackJson): ReadonlyMap<string, readonly Balancer[]> => {
  const all = objectsIn(stack, "Service").flatMap(({ block, body }) => balancerOf(block, body, stack) ?? []);
  const counts = new Map<string, number>();
  for (const pair of all.flatMap(pairsOf)) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  const index = new Map<string, Balancer[]>();
  for (const each of all) {
    const rarest = pairsOf(each).reduce((one, other) =>
      (counts.get(other) ?? 0) < (counts.get(one) ?? 0) ? other : one,
    );
    const before = index.get(rarest);
    if (before === undefined) index.set(rarest, [each]);
    else before.push(each);
  }
  return index;
});

/** Undefined for a service that is none; one that is known at apply only publishes nothing that is known. */
function balancerOf(block: Block, body: BlockBody, stack: StackJson): Balancer | undefined {
  try {
    const service = blockOf(body, "spec") ?? {};
    const selected = Object.entries(blockOf(service, "selector") ?? {});
    if (service["type"] !== "LoadBalancer" || selected.length === 0) return undefined;
    const ports = blocksOf(service, "port").map((port) => String(port["target_port"] ?? port["port"] ?? ""));
    return { block, namespace: nameOf(body, stack).namespace, selected, ports };
  } catch (error) {
    if (error instanceof UndecidedValue) return undefined;
    throw error;
  }
}

function pairsOf({ selected }: Balancer): readonly string[] {
  return selected.map(([name, value]) => pairOf(name, value));
}

function pairOf(name: string, value: unknown): string {
  return `${name}=${String(value)}`;
}
