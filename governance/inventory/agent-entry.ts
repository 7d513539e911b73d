import { Sensitivity, type Start, STARTS } from "../../domain";
import { byText } from "../../domain/by-text";
import type { AccessKind } from "../../domain/dataset-props";
import { own } from "../../domain/own";
import type { RegistryAgent, RegistryDocument, RegistryTask } from "../../domain/registry/document";
import { accessesOf, callsOf } from "../../domain/registry/entries";
import { riskOf } from "../../domain/rules/risk";
import { aivssOf } from "./aivss";
import type {
  AllowedStarter,
  HeldCredentials,
  InventoriedAgent,
  InventoriedTask,
  InventoriedWay,
  TaskEnforcement,
  UsedData,
} from "./inventory";

type Registry = RegistryDocument<Sensitivity>;
type Agent = RegistryAgent<Sensitivity>;
type Task = RegistryTask<Sensitivity>;

/** What follows from all agents together */
export interface Surroundings extends Pick<InventoriedAgent, "delegatedFrom" | "acknowledged" | "resources"> {
  /** Issuers that may start a task of the agent; their tasks are settled here */
  readonly starters: readonly { readonly issuer: string; starts(task: string, how: readonly Start[]): boolean }[];
  readonly declaredAt: InventoriedAgent["declaredAt"];
}

export function agentEntry(registry: Registry, name: string, agent: Agent, beside: Surroundings): InventoriedAgent {
  const tasks = Object.entries(agent.tasks);
  const ways = waysOf(agent);
  const data = dataOf(registry, tasks);
  return {
    name,
    spiffeId: agent.spiffeId,
    owner: agent.owner,
    purpose: agent.purpose,
    expires: agent.expires.slice(0, "YYYY-MM-DD".length),
    state: agent.state,
    ...(beside.declaredAt && { declaredAt: beside.declaredAt }),
    workload: agent.workload,
    tasks: tasks.map(([task, entry]) => taskEntry(task, entry)),
    calledBy: STARTS.filter((start) => ways.some(({ starts }) => starts.includes(start))),
    ways,
    clients: agent.clients,
    starters: startersOf(tasks, beside),
    ...callsByKind(registry, tasks),
    data,
    highestSensitivity: Sensitivity.highest(data.map(({ sensitivity }) => Sensitivity.from(sensitivity, "registry")))
      .name,
    delegatesTo: distinct(tasks.flatMap(([, { delegates }]) => Object.keys(delegates))),
    delegatedFrom: beside.delegatedFrom,
    risk: riskOf(registry, agent),
    aivss: aivssOf(registry, agent, beside.delegatedFrom.length > 0),
    horizon: agent.revocationHorizon,
    credentials: credentialsOf(agent, tasks),
    acknowledged: [...(agent.acknowledged ?? []).map((one) => ({ ...one, at: "agent" })), ...beside.acknowledged],
    resources: beside.resources,
  };
}

function taskEntry(name: string, task: Task): InventoriedTask {
  return {
    name,
    startedBy: task.startedBy,
    ttlSeconds: task.ttlSeconds,
    calls: callsOf(task),
    data: accessesOf(task.data),
    delegates: Object.entries(task.delegates).map(([to, { depth, sensitivity, ttlSeconds }]) => ({
      to,
      depth,
      sensitivity: sensitivity.name,
      ttlSeconds,
    })),
    enforcement: enforcementOf(task),
  };
}

function enforcementOf({ observe, approval, budgets, orders }: Task): TaskEnforcement {
  return {
    ...(observe && { observedUntil: { day: observe.until.slice(0, "YYYY-MM-DD".length), reason: observe.reason } }),
    ...(approval && { approval }),
    budgets,
    orders,
  };
}

function waysOf({ serves = {}, tasks }: Agent): readonly InventoriedWay[] {
  return Object.entries(serves).map(([name, { kind, host, paths, tasks: served }]) => {
    const starts = new Set(served.flatMap((task) => own(tasks, task)?.startedBy ?? []));
    return {
      name,
      kind,
      ...(host !== undefined && { host }),
      paths,
      tasks: served,
      starts: STARTS.filter((start) => start !== "agent" && starts.has(start)),
    };
  });
}

function startersOf(
  tasks: readonly (readonly [string, Task])[],
  { starters }: Surroundings,
): readonly AllowedStarter[] {
  return starters.flatMap(({ issuer, starts }) => {
    const started = tasks.filter(([task, { startedBy }]) => starts(task, startedBy)).map(([task]) => task);
    return started.length === 0 ? [] : [{ issuer, tasks: started }];
  });
}

function callsByKind(
  registry: Registry,
  tasks: readonly (readonly [string, Task])[],
): Pick<InventoriedAgent, "models" | "tools"> {
  const called = union(tasks.map(([, { tools }]) => tools));
  const tools: { readonly name: string; readonly actions: readonly string[] }[] = [];
  const models: { readonly name: string; readonly action: string; readonly model: string }[] = [];
  for (const [name, actions] of called) {
    const tool = own(registry.tools, name);
    if (tool?.kind !== "model") {
      tools.push({ name, actions });
      continue;
    }
    for (const action of actions) {
      const match = own(tool.actions, action)?.match;
      models.push({ name, action, model: match !== undefined && "model" in match ? match.model : "" });
    }
  }
  return { tools, models };
}

function dataOf(registry: Registry, tasks: readonly (readonly [string, Task])[]): readonly UsedData[] {
  return union(tasks.map(([, { data }]) => data)).map(([name, kinds]) => ({
    name,
    // Of a dataset that the registry does not know, the worst is assumed.
    sensitivity: (own(registry.datasets, name)?.sensitivity ?? Sensitivity.RESTRICTED).name,
    kinds: kinds as readonly AccessKind[],
  }));
}

function credentialsOf(
  { credentials, longestCredentialSeconds }: Agent,
  tasks: readonly (readonly [string, Task])[],
): HeldCredentials {
  const roles = distinct(tasks.flatMap(([, { aws }]) => aws?.role ?? []));
  return { kind: credentials, longestSeconds: longestCredentialSeconds, roles };
}

/** What is named in any of them, by name, sorted */
function union(
  records: readonly Readonly<Record<string, readonly string[]>>[],
): readonly (readonly [string, readonly string[]])[] {
  const all = new Map<string, readonly string[]>();
  for (const record of records) {
    for (const [name, some] of Object.entries(record)) {
      const known = all.get(name);
      all.set(name, known === undefined ? some : [...known, ...some]);
    }
  }
  const named = [...all].map(([name, some]) => [name, distinct(some)] as const);
  return named.length > 1 ? named.sort(([one], [other]) => byText(one, other)) : named;
}

function distinct(texts: readonly string[]): readonly string[] {
  return texts.length > 1 ? [...new Set(texts)].sort(byText) : [...texts];
}
