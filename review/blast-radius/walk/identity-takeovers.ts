import { byText } from "../../../domain/by-text";
import { isObject, type JsonObject, member } from "../../read/json";
import { agentsOf } from "../../read/resource";
import type { ClusterState } from "../../reach/kubernetes/cluster-state";
import { accountSubject, addressOf, type Principal } from "../../reach/kubernetes/principal";
import type { Right } from "../../reach/kubernetes/rights/right";
import { type Lead, leadsOf, may } from "./cluster-leads";
import type { Cluster } from "../../reach/kubernetes/cluster";
import { block, isOpaque, text, texts } from "../../reach/kubernetes/objects/values";
import { takes } from "../../reach/kubernetes/sets/selector";
import { registrationsIn } from "../../reach/kubernetes/spiffe/registrations";
import { fillTemplate } from "../../reach/kubernetes/spiffe/template";

/** A principal whose identity another one obtains */
export interface Takeover {
  readonly name: string;
  /** In words */
  readonly what: string;
  readonly unknown?: string;
  /** Terraform address */
  readonly address: string;
}

/** An agent by name, every other principal by its subject in the cluster, such as `account finance/clerk` */
export function nameOf({ isAgent, name, key }: Principal): string {
  // No honest agent has such a name: one that does would pass for another principal.
  return isAgent && !/^(?:account|group|user) /.test(name) ? name : key;
}

/** Identities that a principal of a cluster obtains, each by the first way found */
export function takeoversBy(
  principal: Principal,
  state: ClusterState,
  registry: JsonObject | undefined,
): readonly Takeover[] {
  const found = new Map<string, Takeover>();
  const add = (taken: Takeover): void => {
    if (taken.name === nameOf(principal)) return;
    const known = found.get(taken.name);
    if (known === undefined || (known.unknown !== undefined && taken.unknown === undefined)) {
      found.set(taken.name, taken);
    }
  };
  shared(principal, state).forEach(add);
  registered(principal, state, registry).forEach(add);
  byRights(principal, state).forEach(add);
  return [...found.values()].sort((one, other) => byText(one.name, other.name));
}

/** A service account is one identity, even if several agents declare it. */
function shared(principal: Principal, state: ClusterState): readonly Takeover[] {
  const own = new Set(accountsOf(principal));
  return [...state.principals.values()].flatMap((other) => {
    const same = accountsOf(other).find((account) => own.has(account));
    if (same === undefined) return [];
    return [{ name: nameOf(other), what: `has the same ${same}`, address: addressOf(principal) }];
  });
}

function accountsOf({ accounts }: Principal): readonly string[] {
  return accounts.map(({ namespace, name }) => accountSubject(namespace, name));
}

/** Agents whose SPIFFE ID its pods obtain */
function registered(
  principal: Principal,
  { cluster }: ClusterState,
  registry: JsonObject | undefined,
): readonly Takeover[] {
  const byId = new Map<unknown, string>();
  for (const [name, agent] of Object.entries(agentsOf(registry))) {
    if (isObject(agent)) byId.set(member(agent, "spiffeId"), name);
  }
  if (registry === undefined || byId.size === 0) return [];
  return spiffeIdsOf(principal, cluster, registry).flatMap(({ id, address, unknown }) => {
    const name = byId.get(id);
    if (name === undefined) return [];
    return [{ name, what: `its pods get ${id}`, address, ...(unknown !== undefined && { unknown }) }];
  });
}

function byRights(principal: Principal, state: ClusterState): readonly Takeover[] {
  return state.rights.of(principal).flatMap((right) =>
    leadsOf(right).flatMap((lead) =>
      [...state.principals.values()]
        .filter((other) => isTaken(other, right, lead))
        .map((other) => ({
          name: nameOf(other),
          what: lead.how,
          address: right.address,
          ...(lead.unknown !== undefined && { unknown: lead.unknown }),
        })),
    ),
  );
}

function isTaken({ accounts }: Principal, { box }: Right, { takes }: Lead): boolean {
  if (takes === "cluster") return true;
  return accounts.some(
    ({ namespace, name }) =>
      may(box.get("namespace"), [namespace]) && (takes === "namespace" || may(box.get("name"), [name])),
  );
}

interface PodIdentity {
  readonly id: string;
  readonly address: string;
  /** Why it is uncertain that its pods obtain it */
  readonly unknown?: string;
}

/** SPIFFE IDs that pods of a principal obtain: by registrations that select them, and by static entries that match them */
function spiffeIdsOf(principal: Principal, cluster: Cluster, registry: JsonObject): readonly PodIdentity[] {
  return [...registeredIds(principal, cluster, registry), ...entryIds(principal, cluster)];
}

function registeredIds(principal: Principal, cluster: Cluster, registry: JsonObject): readonly PodIdentity[] {
  const trustDomain = member(registry, "trustDomain");
  return registrationsIn(cluster).flatMap(({ object, namespaces, pods, template }) =>
    principal.pods.flatMap((pod) => {
      const answers = [takes(namespaces, cluster.labelsOf(pod.namespace)), takes(pods, pod.labels)];
      if (answers.includes(false)) return [];
      const why = "the labels of its pods are not part of the configuration";
      return principal.accounts.map(({ name }) => ({
        id: fillTemplate(template, {
          trustDomain: String(trustDomain),
          account: name,
          namespace: pod.namespace,
          labels: pod.labels.values,
        }),
        address: object.address,
        ...(answers.includes(undefined) && { unknown: why }),
      }));
    }),
  );
}

function entryIds(principal: Principal, cluster: Cluster): readonly PodIdentity[] {
  return cluster.of("ClusterStaticEntry").flatMap(({ body, address }) => {
    const spec = block(body, "spec");
    const id = text(spec, "spiffeID");
    if (id === undefined) return [];
    const answers = texts(spec, "selectors").map((selector) => fits(selector, principal));
    if (answers.length === 0 || answers.includes(false)) return [];
    const why = `whether its processes have each selector of ${addressOf(principal)} is known only where they run`;
    return [{ id, address, ...(answers.includes(undefined) && { unknown: why }) }];
  });
}

/** Whether processes of its pods match a selector; undefined if only the running process tells */
function fits(selector: string, { accounts, pods }: Principal): boolean | undefined {
  const [, kind, value = ""] = /^k8s:(ns|sa|pod-label):(.*)$/.exec(selector) ?? [];
  if (kind === undefined || isOpaque(value)) return undefined;
  if (kind === "ns") return accounts.some(({ namespace }) => namespace === value);
  if (kind === "sa") return accounts.some(({ name }) => name === value);
  const [key = "", ...rest] = value.split(":");
  const isKnown = pods.every(({ labels }) => labels.isKnown(key) || labels.values.has(key));
  return isKnown ? pods.some(({ labels }) => labels.values.get(key) === rest.join(":")) : undefined;
}
