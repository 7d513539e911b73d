import { type Changes, type ChangesByPrincipal, together } from "../../change";
import { selectorKeys } from "../../reach/kubernetes/selector-keys";
import type { Estate } from "../../read/resource";
import { doubleChanges } from "./double-objects";
import { gainsBetween, type NamedGains } from "./gains";
import { sorted } from "./changes";
import { clusterStates, type ClusterStates } from "../../reach/kubernetes/cluster-state";

/** What each agent, and each other principal of a cluster, can do in one state and not in the other */
export function kubernetesChanges(
  base: Estate,
  head: Estate,
  [before, after]: ClusterStates = clusterStates(base, head),
): ChangesByPrincipal {
  if (before === after) return new Map();
  const keys = selectorKeys([before.cluster, after.cluster]);
  const gained = gainsBetween(before, after, keys);
  const lost = gainsBetween(after, before, keys);
  const changes = new Map<string, Changes>();
  for (const key of [...new Set([...gained.keys(), ...lost.keys()])].sort()) {
    const { name } = (gained.get(key) ?? lost.get(key)) as NamedGains;
    const { gains, losses, unknown } = together(changes.get(name), {
      gains: gained.get(key)?.gains ?? [],
      losses: lost.get(key)?.gains ?? [],
      unknown: gained.get(key)?.unknown ?? [],
    });
    changes.set(name, { gains: sorted(gains), losses: sorted(losses), unknown: sorted(unknown) });
  }
  for (const [name, more] of doubleChanges(before.cluster.objects, after.cluster.objects)) {
    changes.set(name, together(changes.get(name), more));
  }
  return changes;
}
