import { type Guard, guardsIn } from "./admission/guards";
import { Cluster } from "./cluster";
import type { Fact } from "./fact";
import { type LooseFacts, looseFacts } from "./loose-facts";
import { type KubernetesObject, ObjectReader } from "./objects/object";
import type { Estate } from "../../read/resource";
import { accountFacts } from "./pods/account-facts";
import { configMapsOf, Content } from "./pods/content";
import { namespaceFacts } from "./pods/namespace-facts";
import { podFacts } from "./pods/pod-facts";
import { Policies } from "./network/policies";
import type { Principal } from "./principal";
import { principalsOf } from "./principals";
import { Rights } from "./rights/rights";
import type { SelectorKeys } from "./selector-keys";
import { recordFacts } from "./spiffe/records";
import { Registrations } from "./spiffe/registrations";

/** A cluster, with the reader that it shares with the clusters that it is compared with */
export interface ClusterReading {
  readonly state: ClusterState;
  readonly reader: ObjectReader;
}

export function readCluster(estate: Estate): ClusterReading {
  const reader = new ObjectReader();
  return { reader, state: new ClusterState(new Cluster(estate, reader)) };
}

export type ClusterStates = readonly [before: ClusterState, after: ClusterState];

/** Both are read by one reader: equal text is one object, and clusters of the same objects are one state. */
export function clusterStates(base: Estate, head: Estate, { state, reader } = readCluster(base)): ClusterStates {
  const after = new Cluster(head, reader);
  return [state, after.isLike(state.cluster) ? state : new ClusterState(after)];
}

/** Everything read of one cluster */
export class ClusterState {
  public readonly principals: ReadonlyMap<string, Principal>;
  public readonly rights: Rights;
  public readonly guards: readonly Guard[];
  public readonly policies: Policies;
  /** Equal if the config maps that pods read are equal */
  public readonly configuration: string;
  /** Equal if identities and namespaces are equal */
  public readonly surroundings: string;
  private readonly content: Content;
  private readonly registrations: Registrations;
  private readonly records: ReadonlyMap<string, readonly Fact[]>;
  private readonly texts = new Map<Principal, string>();
  private readonly namespaces: ReadonlyMap<string, KubernetesObject>;
  /** Config maps that pods read, as `<namespace>/<name>` */
  private readonly configMaps: ReadonlySet<string>;

  public constructor(public readonly cluster: Cluster) {
    this.principals = principalsOf(this.cluster);
    this.rights = new Rights(this.cluster);
    this.content = new Content(this.cluster);
    this.guards = guardsIn(this.cluster, this.content);
    this.registrations = new Registrations(this.cluster);
    this.records = recordFacts(this.cluster);
    this.policies = new Policies(this.cluster);
    const workloads = [...this.principals.values()].flatMap((principal) => principal.workloads);
    this.configMaps = new Set(workloads.flatMap(configMapsOf));
    this.configuration = this.content.of(this.configMaps);
    const kinds = ["ClusterSPIFFEID", "ClusterFederatedTrustDomain", "Namespace"];
    this.surroundings = JSON.stringify(kinds.map((kind) => this.cluster.of(kind).map(({ id }) => id)));
    this.namespaces = new Map(this.cluster.of("Namespace").map((object) => [object.name, object]));
  }

  /** Facts that belong to no principal, or to an agent by its label or identity */
  public loose(keys: SelectorKeys): readonly LooseFacts[] {
    const agents = [...this.cluster.agents].flatMap(([name, { spiffeId }]) =>
      spiffeId === undefined ? [] : [[spiffeId, name] as const],
    );
    const lived = new Set([...this.principals.values()].flatMap(namespacesOf));
    const empty = [...this.namespaces.values()].filter(({ name }) => !lived.has(name));
    return [
      ...looseFacts(this.cluster, new Map(agents), this.configMaps),
      ...empty.map((object) => ({
        owner: `namespace ${object.name}`,
        name: object.address,
        facts: namespaceFacts(object, keys.namespaces),
      })),
      ...[...this.records]
        .filter(([agent]) => !this.principals.has(`agent ${agent}`))
        .map(([agent, facts]) => ({ owner: `agent ${agent}`, name: agent, facts })),
    ];
  }

  /** Equal if the pods and accounts of a principal are equal, and the same selectors match them */
  public written(principal: Principal | undefined): string {
    if (principal === undefined) return "";
    const known = this.texts.get(principal) ?? writtenOf(principal);
    this.texts.set(principal, known);
    return known;
  }

  public ownFacts(principal: Principal | undefined, keys: SelectorKeys): readonly Fact[] {
    if (principal === undefined) return [];
    return [
      ...accountFacts(principal, keys),
      ...principal.workloads.flatMap((workload) => podFacts(workload, { content: this.content, selectorKeys: keys })),
    ];
  }

  public recordFacts(principal: Principal | undefined): readonly Fact[] {
    return principal?.isAgent ? (this.records.get(principal.name) ?? []) : [];
  }

  /** Facts about a principal's identities and namespaces */
  public facts(principal: Principal | undefined, keys: SelectorKeys): readonly Fact[] {
    if (principal === undefined) return [];
    const namespaces = [...new Set(namespacesOf(principal))].flatMap((name) => this.namespaces.get(name) ?? []);
    return [
      ...this.registrations.facts(principal),
      ...namespaces.flatMap((object) => namespaceFacts(object, keys.namespaces)),
    ];
  }
}

function namespacesOf({ accounts, workloads }: Principal): readonly string[] {
  return [...accounts, ...workloads].map(({ namespace }) => namespace);
}

function writtenOf({ accounts, workloads, pods }: Principal): string {
  const objects = [...workloads.map(({ object }) => object), ...accounts.flatMap(({ object }) => object ?? [])];
  return JSON.stringify([
    objects.map(({ id }) => id).sort(),
    accounts.map(({ namespace, name }) => [namespace, name]).sort(),
    pods.map(({ namespace, labels }) => [namespace, ...[...labels.values].sort()]).sort(),
  ]);
}
