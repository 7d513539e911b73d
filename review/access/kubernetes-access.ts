import type { Change, ChangeKind, Unknown } from "../change";
import { doubleChanges } from "../difference/kubernetes/cluster-changes";
import { gainsBetween } from "../difference/kubernetes/gains";
import { sortUnique } from "../difference/kubernetes/fact-gains";
import { ClusterState } from "../reach/kubernetes/cluster-state";
import { Cluster } from "../reach/kubernetes/cluster";
import { ObjectReader } from "../reach/kubernetes/objects/object";
import type { Account } from "../reach/kubernetes/principal";
import { selectorKeys } from "../reach/kubernetes/selector-keys";
import { type Estate, EMPTY_ESTATE } from "../read/resource";
import type { KubernetesAccess } from "./principal-access";

export interface ClusterAccess {
  /** Every principal of the cluster, by name */
  readonly principals: ReadonlyMap<string, ClusterPrincipal>;
  /** Unknowns that belong to no principal */
  readonly unknown: readonly Unknown[];
}

export interface ClusterPrincipal {
  readonly isAgent: boolean;
  readonly accounts: readonly Account[];
  readonly access: KubernetesAccess;
  readonly unknown: readonly Unknown[];
}

export const NO_CLUSTER: KubernetesAccess = { rights: [], egress: [], ingress: [], identities: [], pods: [] };

/** Access of every principal in a cluster: its gains over an empty cluster */
export function clusterAccess(estate: Estate): ClusterAccess {
  const reader = new ObjectReader();
  const [nothing, state] = [
    new ClusterState(new Cluster(EMPTY_ESTATE, reader)),
    new ClusterState(new Cluster(estate, reader)),
  ];
  const gained = gainsBetween(nothing, state, selectorKeys([state.cluster]));
  const principals = new Map<string, ClusterPrincipal>();
  for (const [key, { name, isAgent, accounts }] of state.principals) {
    const { gains = [], unknown = [] } = gained.get(key) ?? {};
    const known = principals.get(name);
    principals.set(name, {
      isAgent: isAgent || known?.isAgent === true,
      accounts: [...(known?.accounts ?? []), ...accounts],
      access: together(known?.access ?? NO_CLUSTER, grouped(sortUnique(gains))),
      unknown: [...(known?.unknown ?? []), ...sortUnique(unknown)],
    });
  }
  const loose = [...gained].filter(([key]) => !state.principals.has(key)).flatMap(([, { unknown }]) => unknown);
  const doubles = [...doubleChanges([], state.cluster.objects).values()].flatMap(({ unknown }) => unknown);
  return { principals, unknown: sortUnique([...loose, ...doubles]) };
}

const PARTS: Readonly<Partial<Record<ChangeKind, keyof KubernetesAccess>>> = {
  action: "rights",
  destination: "egress",
  network: "ingress",
  identity: "identities",
  trust: "identities",
  ttl: "identities",
};

function grouped(gains: readonly Change[]): KubernetesAccess {
  const of = (part: keyof KubernetesAccess) => gains.filter(({ kind }) => (PARTS[kind] ?? "pods") === part);
  return {
    rights: of("rights"),
    egress: of("egress"),
    ingress: of("ingress"),
    identities: of("identities"),
    pods: of("pods"),
  };
}

/** Two principals may have one address, such as the subjects of one binding. */
function together(some: KubernetesAccess, more: KubernetesAccess): KubernetesAccess {
  return {
    rights: [...some.rights, ...more.rights],
    egress: [...some.egress, ...more.egress],
    ingress: [...some.ingress, ...more.ingress],
    identities: [...some.identities, ...more.identities],
    pods: [...some.pods, ...more.pods],
  };
}
