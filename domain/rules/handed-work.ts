import { LIMITS } from "../limits";
import { own } from "../own";
import type { AnyLevel, Declarations, RegistryEdge, RegistryTask } from "../registry/document";
import { Sensitivity } from "../sensitivity";

type Edges = RegistryTask<AnyLevel>["delegates"];

/**
 * The tasks that get work by these edges, at once or after others, as `<agent>.<task>`, each with the highest sensitivity that may be told
 * to it: the lowest of the edges on the best way. At most as many hops as a chain may have are followed, which end a cycle too.
 */
export function handedWork(agents: Agents, edges: Edges): Work {
  return workOver(agents, edges, LIMITS.delegationDepth.ceiling);
}

type Agents = Declarations["agents"];

/** Highest sensitivity that may be told, by task */
type Work = ReadonlyMap<string, Sensitivity>;

/** What was worked out in one registry, by edges and hops: many ways lead over the same edges. A registry does not change. */
const KNOWN = new WeakMap<Agents, WeakMap<Edges, Work[]>>();

function workOver(agents: Agents, edges: Edges, hops: number): Work {
  const known = KNOWN.get(agents) ?? new WeakMap<Edges, Work[]>();
  KNOWN.set(agents, known);
  const byHops = known.get(edges) ?? [];
  known.set(edges, byHops);
  return (byHops[hops] ??= reachedOver(agents, edges, hops));
}

function reachedOver(agents: Agents, edges: Edges, hops: number): Work {
  const reached = new Map<string, Sensitivity>();
  for (const [target, edge] of Object.entries(edges)) {
    for (const [each, limit] of workBehind(agents, target, edge, Math.min(edge.depth, hops))) {
      const known = reached.get(each);
      if (known === undefined || limit.rank > known.rank) reached.set(each, limit);
    }
  }
  return reached;
}

function workBehind(
  agents: Agents,
  target: string,
  edge: RegistryEdge<AnyLevel>,
  hops: number,
): Iterable<readonly [string, Sensitivity]> {
  const [agent, name] = target.split(".");
  const task = own(own(agents, agent)?.tasks, name);
  if (hops < 1 || task?.startedBy.includes("delegation") !== true) return [];
  const limit = Sensitivity.from(edge.sensitivity, "registry");
  const behind = [...workOver(agents, task.delegates, hops - 1)];
  return [[target, limit], ...behind.map(([each, told]) => [each, Sensitivity.lowest([told, limit])] as const)];
}
