import type { Cluster } from "./cluster";
import { type Fact, openQuestion } from "./fact";
import { guardedKinds, parametersIn } from "./admission/guards";
import { AGENT_LABEL } from "./labels";
import type { KubernetesObject } from "./objects/object";
import { ofBody, canonical, isOpaque } from "./objects/values";
import { isOfServingAgent, outsideFacts } from "./network/services";
import { federationFact, staticEntryFacts } from "./spiffe/entries";
import { isRecord } from "./spiffe/records";
import { isWorkload } from "./workload";

/** Kinds that are read elsewhere */
const READ: ReadonlySet<string> = new Set([
  "ClusterFederatedTrustDomain",
  "ClusterRole",
  "ClusterRoleBinding",
  "ClusterSPIFFEID",
  "ClusterStaticEntry",
  "Namespace",
  "NetworkPolicy",
  "Role",
  "RoleBinding",
  "ServiceAccount",
  ...guardedKinds,
]);

/** Kinds that grant no access */
const WITHOUT_ACCESS: ReadonlySet<string> = new Set([
  "HorizontalPodAutoscaler",
  "LimitRange",
  "PodDisruptionBudget",
  "PriorityClass",
  "ResourceQuota",
]);

/** Kinds whose objects refuse nothing: removing one opens nothing. */
const OPENS_ONLY: ReadonlySet<string> = new Set(["ConfigMap", "Secret", "Service"]);

/** Facts of an object without an owner, or of the agent whose label it carries */
export interface LooseFacts {
  /** As {@link Principal.key} */
  readonly owner: string;
  readonly name: string;
  readonly facts: readonly Fact[];
}

/** @param read config maps that pods read, as `<namespace>/<name>` */
export function looseFacts(
  cluster: Cluster,
  agentsBySpiffeId: ReadonlyMap<string, string>,
  read: ReadonlySet<string>,
): readonly LooseFacts[] {
  const isParameter = parametersIn(cluster);
  const entries = staticEntryFacts(cluster).map(({ spiffeId, object, facts }) => {
    const agent = agentsBySpiffeId.get(spiffeId);
    return agent === undefined ? { ...ownerOf(object), facts } : { owner: `agent ${agent}`, name: agent, facts };
  });
  const unread = cluster.objects.filter(
    (object) =>
      isUnread(object) &&
      !isRecord(object) &&
      !isOfServingAgent(object, cluster.agents) &&
      !isParameter(object) &&
      !(object.kind === "ConfigMap" && read.has(`${object.namespace}/${object.name}`)),
  );
  return [
    ...entries,
    ...cluster
      .of("ClusterFederatedTrustDomain")
      .map((object) => ({ ...ownerOf(object), facts: [federationFact(object)] })),
    ...unread.map((object) => ({ ...ownerOf(object), facts: [...outsideFacts(object), unreadFact(object)] })),
    ...cluster.objects
      .filter(({ unreadable }) => unreadable.length > 0)
      .map((object) => ({ ...ownerOf(object), facts: unreadableFacts(object) })),
  ];
}

function isUnread(object: KubernetesObject): boolean {
  return !READ.has(object.kind) && !WITHOUT_ACCESS.has(object.kind) && !isWorkload(object);
}

function ownerOf(object: KubernetesObject): { readonly owner: string; readonly name: string } {
  const agent = object.labels.get(AGENT_LABEL);
  if (agent !== undefined && !isOpaque(agent)) return { owner: `agent ${agent}`, name: agent };
  return { owner: `object ${titleOf(object)}`, name: object.address };
}

function titleOf({ kind, namespace, name }: KubernetesObject): string {
  return `${kind} ${namespace}/${name}`;
}

const textOf = ofBody(canonical);

function unreadFact(object: KubernetesObject): Fact {
  const why = `what an object of kind ${object.kind} allows or refuses is not known here`;
  return openQuestion(`${object.kind} ${object.name}`, why, object.address, {
    key: `${titleOf(object)} ${textOf(object.body)}`,
  });
}

function unreadableFacts(object: KubernetesObject): readonly Fact[] {
  return object.unreadable.map((part) =>
    openQuestion(`${part} of ${object.kind} ${object.name}`, "it is known only when it is applied", object.address, {
      key: `${titleOf(object)} ${part}`,
    }),
  );
}

/** Objects of kinds that may refuse requests, by content: unknown what the cluster permits without them. */
export function refusingObjects(cluster: Cluster): ReadonlyMap<string, KubernetesObject> {
  const objects = cluster.objects.filter((object) => isUnread(object) && !OPENS_ONLY.has(object.kind));
  return new Map(objects.map((object) => [titleOf(object), object]));
}
