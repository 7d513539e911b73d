import { type Estate, agentsOf } from "../../read/resource";
import { groupBy } from "../../group-by";
import type { KubernetesObject, ObjectReader } from "./objects/object";
import { text, block } from "./objects/values";
import type { Labels } from "./sets/selector";
import { isObject, type JsonObject } from "../../read/json";

/** The API server sets it on every namespace; it is immutable. */
export const NAME_LABEL = "kubernetes.io/metadata.name";

/** All objects that an estate puts into clusters, and the agents of its registry that run there */
export class Cluster {
  public readonly objects: readonly KubernetesObject[];
  /** By name */
  public readonly agents: ReadonlyMap<string, RegisteredAgent>;
  /** As its registry says */
  public readonly trustDomain: string | undefined;
  private readonly byKind: ReadonlyMap<string, readonly KubernetesObject[]>;
  private readonly namespaceLabels: ReadonlyMap<string, ReadonlyMap<string, string>>;

  public constructor(estate: Estate, reader: ObjectReader) {
    this.objects = reader.objectsIn(estate);
    this.agents = registeredAgents(estate);
    this.trustDomain = estate.registry === undefined ? undefined : text(estate.registry, "trustDomain");
    this.byKind = groupBy(this.objects, ({ kind }) => kind);
    this.namespaceLabels = new Map(
      this.of("Namespace").map(({ name, labels }) => [name, new Map([...labels, [NAME_LABEL, name]])]),
    );
  }

  public of(kind: string): readonly KubernetesObject[] {
    return this.byKind.get(kind) ?? [];
  }

  /** Names of the namespaces that the estate declares */
  public get namespaces(): readonly string[] {
    return [...this.namespaceLabels.keys()];
  }

  /** Of a namespace declared elsewhere, only the name is known. */
  public labelsOf(namespace: string): Labels {
    const values = this.namespaceLabels.get(namespace);
    if (values !== undefined) return { values, isKnown: () => true };
    return { values: new Map([[NAME_LABEL, namespace]]), isKnown: (key) => key === NAME_LABEL };
  }

  /** Whether every object of the other is equal, at the same place; both are read by one reader. */
  public isLike({ objects, agents }: Cluster): boolean {
    return (
      objects.length === this.objects.length &&
      objects.every(({ id, address }, at) => id === this.objects[at]?.id && address === this.objects[at].address) &&
      isSameOrder([...agents], [...this.agents])
    );
  }
}

type Entries = readonly (readonly [string, RegisteredAgent])[];

function isSameOrder(some: Entries, others: Entries): boolean {
  return (
    some.length === others.length &&
    some.every(([name, agent], at) => name === others[at]?.[0] && isSameAgent(agent, others[at][1]))
  );
}

/** The part of an agent's registry entry that a cluster needs; undefined for each value that is no text */
export interface RegisteredAgent {
  readonly namespace: string | undefined;
  readonly serviceAccount: string | undefined;
  readonly credentials: string | undefined;
  readonly state: string | undefined;
  readonly spiffeId: string | undefined;
  /** Whether it has a way in */
  readonly serves: boolean;
}

/** By name, from the registry as written */
function registeredAgents({ registry }: Estate): ReadonlyMap<string, RegisteredAgent> {
  return new Map(
    Object.entries(agentsOf(registry)).flatMap(([name, entry]) =>
      isObject(entry) ? [[name, registeredAgent(entry)]] : [],
    ),
  );
}

function registeredAgent(entry: JsonObject): RegisteredAgent {
  const workload = block(entry, "workload");
  return {
    namespace: text(workload, "namespace"),
    serviceAccount: text(workload, "serviceAccount"),
    credentials: text(entry, "credentials"),
    state: text(entry, "state"),
    spiffeId: text(entry, "spiffeId"),
    serves: Object.keys(block(entry, "serves")).length > 0,
  };
}

function isSameAgent(one: RegisteredAgent, other: RegisteredAgent): boolean {
  return (Object.keys(one) as (keyof RegisteredAgent)[]).every((key) => one[key] === other[key]);
}
