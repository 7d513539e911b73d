import { type Changes, type ChangesByPrincipal, together } from "../change";
import { Cluster } from "../reach/kubernetes/cluster";
import { ObjectReader } from "../reach/kubernetes/objects/object";
import { selectorKeys } from "../reach/kubernetes/selector-keys";
import type { Estate } from "../read/resource";
import { doubleChanges } from "./kubernetes/doubles";
import { gainsBetween, type NamedGains } from "./kubernetes/gains";
import { sorted } from "./kubernetes/sorted";
import { State } from "./kubernetes/state";

export type ClusterStates = readonly [before: State, after: State];

/** A cluster, with what reads those that it is compared with */
export interface ReadCluster {
  readonly state: State;
  readonly reader: ObjectReader;
}

export function readCluster(estate: Estate): ReadCluster {
  const reader = new ObjectReader();
  return { reader, state: new State(new Cluster(estate, reader)) };
}

/** Both are read by one reader: what is written alike is one object, and clusters of the same objects are one state. */
export function clusterStates(base: Estate, head: Estate, { state, reader } = readCluster(base)): ClusterStates {
  const after = new Cluster(head, reader);
  return [state, after.isLike(state.cluster) ? state : new State(after)];
}

/** What each agent, and everybody else in a cluster, can do in one state and not in the other */
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
