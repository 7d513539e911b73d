import type { Unknown } from "../change";
import type { AwsReach } from "./aws/aws-reach";
import type { Cluster } from "./kubernetes/cluster";
import { ACTIVE, STATE_LABEL, SUSPENDED } from "./kubernetes/labels";
import type { Principal } from "./kubernetes/principal";
import { recordedStates } from "./kubernetes/spiffe/records";
import { isObject, type JsonObject } from "../read/json";
import { agentsOf } from "../read/resource";
import type { ClusterState } from "./kubernetes/cluster-state";

/** The parts of one state that say which agents are suspended */
export interface StateRead {
  readonly kubernetes: ClusterState;
  readonly aws: AwsReach;
}

/** A place that states whether an agent is suspended, and its value */
interface Said {
  readonly at: string;
  readonly state: string;
}

/** By agent, contradictions between the registry and the stacks */
export type PartialSuspensions = ReadonlyMap<string, Unknown>;

/**
 * An agent is suspended if its registry entry, its record and labels in the cluster, and its roles in AWS agree. Each is
 * enforced by itself: if they differ, the remaining access of the agent is unknown.
 */
export function partialSuspensions({ kubernetes, aws }: StateRead): PartialSuspensions {
  const { agents } = kubernetes.cluster;
  const records = recordedStates(kubernetes.cluster);
  const found = new Map<string, Unknown>();
  for (const [name, { state }] of agents) {
    if (state === undefined) continue;
    const principal = kubernetes.principals.get(`agent ${name}`);
    const said = [...(records.get(name) ?? []), ...labelled(principal), ...deniedRoles(aws, name)];
    const other = said.filter((one) => (one.state === SUSPENDED) !== isStopped(state));
    if (other.length > 0) found.set(name, undecided(name, state, other));
  }
  return found;
}

/**
 * The registry of head, in which a partly suspended agent that base had active stays active: a partial suspension takes
 * nothing away.
 */
export function agreedRegistry(
  base: Cluster,
  head: JsonObject | undefined,
  half: PartialSuspensions,
): JsonObject | undefined {
  if (head === undefined || half.size === 0) return head;
  const agents = agentsOf(head);
  const kept = Object.entries(agents).filter(([name, entry]) => {
    const was = base.agents.get(name)?.state;
    return half.has(name) && isObject(entry) && was !== entry["state"];
  });
  if (kept.length === 0) return head;
  const active = Object.fromEntries(kept.map(([name, entry]) => [name, { ...(entry as JsonObject), state: ACTIVE }]));
  return { ...head, agents: { ...agents, ...active } };
}

/** An expired agent is rendered like a suspended one. */
function isStopped(state: string): boolean {
  return state === SUSPENDED || state === "expired";
}

function labelled(principal: Principal | undefined): readonly Said[] {
  if (principal === undefined) return [];
  const accounts = principal.accounts.flatMap(({ object }) =>
    object === undefined ? [] : [{ labels: object.labels, address: object.address }],
  );
  const pods = principal.workloads.map(({ labels, object }) => ({ labels, address: object.address }));
  return [...accounts, ...pods].flatMap(({ labels, address }) => {
    const state = labels.get(STATE_LABEL);
    return state === undefined ? [] : [{ at: address, state }];
  });
}

function deniedRoles({ principals }: AwsReach, name: string): readonly Said[] {
  const roles = principals.get(name)?.roles ?? [];
  return roles.map(({ address, closedBy }) => ({
    at: closedBy ?? address,
    state: closedBy === undefined ? ACTIVE : SUSPENDED,
  }));
}

function undecided(name: string, state: string, others: readonly Said[]): Unknown {
  const address = `registry/agents.${name}.state`;
  const [{ state: says }] = others as readonly [Said];
  const places = [...new Set(others.map(({ at }) => at))].sort();
  return {
    what: "whether it is suspended",
    why:
      `${address} says ${state}, ${places.join(" and ")} ${places.length === 1 ? "says" : "say"} ` +
      `${others.every((one) => one.state === says) ? says : "otherwise"}: synthesize both again`,
    source: { address, also: places },
  };
}
