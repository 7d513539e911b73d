import type { Cluster, RegisteredAgent } from "./cluster";
import { AGENT_LABEL, LABEL_PREFIX, MANAGED_LABEL, STATE_LABEL, SVID_LABEL } from "./labels";
import { isOpaque } from "./objects/values";
import type { KubernetesObject } from "./objects/object";
import { type Account, accountSubject, type PodShape, type Principal } from "./principal";
import { bindingsIn } from "./rights/rights";
import { isWorkload, type Workload, workloadOf } from "./workload";

/** Every principal of a cluster, by key */
export function principalsOf(cluster: Cluster): ReadonlyMap<string, Principal> {
  const people = new People();
  const { agents } = cluster;
  for (const [agent, { namespace, serviceAccount }] of agents) {
    const builder = people.agent(agent);
    if (namespace !== undefined && serviceAccount !== undefined)
      people.addAccount(builder, { namespace, name: serviceAccount });
  }
  for (const object of cluster.of("ServiceAccount")) {
    const account = { namespace: object.namespace, name: object.name, object };
    for (const builder of people.ownersOf(account, object.labels, object.address)) people.addAccount(builder, account);
  }
  for (const object of cluster.objects.filter(isWorkload)) {
    const workload = workloadOf(object);
    const account = { namespace: workload.namespace, name: workload.serviceAccount };
    for (const builder of people.ownersOf(account, workload.labels, object.address)) {
      people.addAccount(builder, account);
      builder.workloads.push(workload);
    }
  }
  for (const { subjects, object } of bindingsIn(cluster)) {
    for (const subject of subjects) people.addSubject(subject, object.address);
  }
  return people.built(agents);
}

interface Builder {
  readonly key: string;
  readonly name: string;
  readonly agent?: string;
  readonly subjects: Set<string>;
  readonly accounts: Map<string, Account>;
  readonly workloads: Workload[];
}

class People {
  private readonly builders = new Map<string, Builder>();
  private readonly bySubject = new Map<string, Set<Builder>>();

  public agent(name: string): Builder {
    return this.builder(`agent ${name}`, name, name);
  }

  /** The agent whose label it carries, otherwise the owner of the account, otherwise the account alone */
  public ownersOf(account: Account, labels: ReadonlyMap<string, string>, address: string): readonly Builder[] {
    const label = labels.get(AGENT_LABEL);
    if (label !== undefined && !isOpaque(label)) return [this.agent(label)];
    const subject = accountSubject(account.namespace, account.name);
    const owners = this.bySubject.get(subject);
    return owners === undefined ? [this.builder(subject, address)] : [...owners];
  }

  public addAccount(builder: Builder, account: Account): void {
    const subject = accountSubject(account.namespace, account.name);
    const known = builder.accounts.get(subject);
    if (known?.object === undefined) builder.accounts.set(subject, account);
    this.add(builder, subject);
  }

  /** A principal that only a binding names */
  public addSubject(subject: string, address: string): void {
    if (!this.bySubject.has(subject)) this.add(this.builder(subject, address), subject);
  }

  private add(builder: Builder, subject: string): void {
    builder.subjects.add(subject);
    const owners = this.bySubject.get(subject);
    if (owners === undefined) this.bySubject.set(subject, new Set([builder]));
    else owners.add(builder);
  }

  private builder(key: string, name: string, agent?: string): Builder {
    const known = this.builders.get(key);
    if (known !== undefined) return known;
    const made: Builder = {
      key,
      name,
      ...(agent !== undefined && { agent }),
      subjects: new Set(),
      accounts: new Map(),
      workloads: [],
    };
    this.builders.set(key, made);
    return made;
  }

  public built(agents: ReadonlyMap<string, RegisteredAgent>): ReadonlyMap<string, Principal> {
    return new Map(
      [...this.builders.values()].map((builder) => {
        const { key, name, agent, subjects, workloads } = builder;
        const accounts = [...builder.accounts.values()];
        const pods =
          workloads.length > 0 || agent === undefined ? shapesOf(workloads) : declaredPods(agent, accounts, agents);
        return [key, { key, name, isAgent: agent !== undefined, subjects, accounts, workloads, pods }];
      }),
    );
  }
}

function shapesOf(workloads: readonly Workload[]): readonly PodShape[] {
  return workloads.map(({ namespace, labels }) => ({ namespace, labels: { values: labels, isKnown: () => true } }));
}

/** An agent with pods declared elsewhere: admission lets them carry these labels of Ambit, and any others. */
function declaredPods(
  agent: string,
  accounts: readonly Account[],
  agents: ReadonlyMap<string, RegisteredAgent>,
): readonly PodShape[] {
  const { credentials, state } = agents.get(agent) ?? {};
  return accounts.map(({ namespace, object }) => {
    const values = new Map([
      [AGENT_LABEL, agent],
      [MANAGED_LABEL, "true"],
      ...ownLabels(object),
      ...(credentials === undefined || credentials === "brokered" ? [] : [[SVID_LABEL, "agent-container"] as const]),
    ]);
    if (!values.has(STATE_LABEL) && state !== undefined) values.set(STATE_LABEL, state);
    return { namespace, labels: { values, isKnown: (key) => key.startsWith(LABEL_PREFIX) } };
  });
}

function ownLabels(object: KubernetesObject | undefined): readonly (readonly [string, string])[] {
  return [...(object?.labels ?? [])].filter(([key]) => key.startsWith(LABEL_PREFIX));
}
