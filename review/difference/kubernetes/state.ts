import { type Guard, guardsIn } from "../../reach/kubernetes/admission/guards";
import type { Cluster } from "../../reach/kubernetes/cluster";
import type { Fact } from "../../reach/kubernetes/fact";
import { type Loose, looseFacts } from "../../reach/kubernetes/loose";
import type { KubernetesObject } from "../../reach/kubernetes/objects/object";
import { accountFacts } from "../../reach/kubernetes/pods/account-facts";
import { configMapsOf } from "../../reach/kubernetes/pods/config-maps";
import { Content } from "../../reach/kubernetes/pods/content";
import { namespaceFacts } from "../../reach/kubernetes/pods/namespace-facts";
import { podFacts } from "../../reach/kubernetes/pods/pod-facts";
import { Policies } from "../../reach/kubernetes/network/policies";
import type { Principal } from "../../reach/kubernetes/principal";
import { principalsOf } from "../../reach/kubernetes/principals";
import { Rights } from "../../reach/kubernetes/rights/rights";
import type { SelectorKeys } from "../../reach/kubernetes/selector-keys";
import { recordFacts } from "../../reach/kubernetes/spiffe/records";
import { Registrations } from "../../reach/kubernetes/spiffe/registrations";

/** All that is read of one cluster */
export class State {
  public readonly principals: ReadonlyMap<string, Principal>;
  public readonly rights: Rights;
  public readonly guards: readonly Guard[];
  public readonly policies: Policies;
  /** Equal where the config maps that pods read are written alike */
  public readonly configuration: string;
  /** Equal where identities and namespaces are written alike */
  public readonly surroundings: string;
  private readonly content: Content;
  private readonly registrations: Registrations;
  private readonly records: ReadonlyMap<string, readonly Fact[]>;
  private readonly texts = new Map<Principal, string>();
  private readonly namespaces: ReadonlyMap<string, KubernetesObject>;
  /** Those that pods read, as `<namespace>/<name>` */
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

  /** What belongs to nobody, or to an agent by its label or identity */
  public loose(keys: SelectorKeys): readonly Loose[] {
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

  /** Equal where the pods and accounts of a principal are written alike, and selectors take them alike */
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

  /** What identities and namespaces say of a principal */
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
