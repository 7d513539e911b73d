import type { Sensitivity, Start } from "../../domain";
import { byText } from "../../domain/by-text";
import type {
  RegistryAction,
  RegistryDataset,
  RegistryDocument,
  RegistryStarter,
} from "../../domain/registry/document";
import { agentEntry, type Surroundings } from "./agent-entry";
import type {
  InventoriedAgent,
  InventoriedDataset,
  InventoriedModel,
  InventoriedTool,
  Inventory,
  PlacedAcknowledgement,
} from "./inventory";
import type { AcknowledgedResource, Output } from "./output";

type Registry = RegistryDocument<Sensitivity>;
type Users = ReadonlyMap<string, readonly string[]>;

/** Everything that is declared, from what synth wrote */
export function inventoryOf(output: Output): Inventory {
  const { registry } = output;
  const entries = Object.entries(registry.agents).sort(([one], [other]) => byText(one, other));
  const work = receivedWork(registry);
  const placed = placedAt(output.acknowledged, registry);
  const starters = registry.trust.starters.map(starting);
  const agents = entries.map(([name, agent]) => {
    const beside: Surroundings = {
      delegatedFrom: [...(work.get(name) ?? [])].sort(byText),
      acknowledged: placed.agents.get(name) ?? [],
      resources: output.resources.get(name) ?? 0,
      starters: starters.map(({ issuer, starts }) => ({
        issuer,
        starts: (task, how) => starts(`${name}.${task}`, how),
      })),
      declaredAt: output.sourceOf(name),
    };
    return agentEntry(registry, name, agent, beside);
  });
  const users = usersOf(agents);
  return {
    trustDomain: registry.trustDomain,
    agents,
    tools: toolsOf(registry, users.tools),
    models: modelsOf(registry, users.models),
    datasets: datasetsOf(registry, users.data),
    acknowledged: placed.others,
  };
}

/** Tasks that may hand work on, by the agent that gets it */
function receivedWork(registry: Registry): ReadonlyMap<string, ReadonlySet<string>> {
  const received = new Map<string, Set<string>>();
  for (const [name, { tasks }] of Object.entries(registry.agents)) {
    for (const [task, { delegates }] of Object.entries(tasks)) {
      for (const target of Object.keys(delegates)) {
        const agent = target.split(".", 1)[0] as string;
        const from = received.get(agent) ?? new Set();
        received.set(agent, from.add(`${name}.${task}`));
      }
    }
  }
  return received;
}

interface Placed {
  readonly agents: ReadonlyMap<string, readonly PlacedAcknowledgement[]>;
  readonly others: readonly PlacedAcknowledgement[];
}

/** An agent's resources lie below its name in the tree of constructs. */
function placedAt(resources: readonly AcknowledgedResource[], registry: Registry): Placed {
  const agents = new Map<string, PlacedAcknowledgement[]>();
  const others: PlacedAcknowledgement[] = [];
  for (const { address, owner, acknowledged } of resources) {
    const placed = acknowledged.map((one) => ({ ...one, at: address }));
    if (Object.hasOwn(registry.agents, owner)) agents.set(owner, [...(agents.get(owner) ?? []), ...placed]);
    else others.push(...placed);
  }
  return { agents, others };
}

function starting({ issuer, starts, tasks }: RegistryStarter): Surroundings["starters"][number] {
  const named = tasks && new Set(tasks);
  const kinds: ReadonlySet<Start> = new Set(starts);
  return {
    issuer,
    starts: (task, how) => how.some((start) => kinds.has(start)) && (named === undefined || named.has(task)),
  };
}

function usersOf(agents: readonly InventoriedAgent[]): Readonly<Record<"data" | "models" | "tools", Users>> {
  const [data, models, tools] = [new Map<string, string[]>(), new Map<string, string[]>(), new Map<string, string[]>()];
  const add = (map: Map<string, string[]>, key: string, agent: string): void => {
    const known = map.get(key);
    if (known === undefined) map.set(key, [agent]);
    else if (known.at(-1) !== agent) known.push(agent);
  };
  for (const agent of agents) {
    for (const { name } of agent.data) add(data, name, agent.name);
    for (const { name } of agent.tools) add(tools, name, agent.name);
    for (const { name, model } of agent.models) add(models, modelKey(name, model), agent.name);
  }
  return { data, models, tools };
}

function toolsOf({ tools }: Registry, users: Users): readonly InventoriedTool[] {
  return named(tools).flatMap(([name, tool]) => {
    if (tool.kind === "model") return [];
    const actions = named(tool.actions);
    return {
      name,
      kind: tool.kind,
      url: tool.url,
      clearance: tool.clearance.name,
      untrustedOutput: tool.untrustedOutput,
      actsAs: tool.actsAs === "user" ? "user" : tool.actsAs.service,
      actions: actions.map(([action]) => action),
      unpinned: actions.filter(([, { unpinned }]) => unpinned !== undefined).map(([action]) => action),
      usedBy: users.get(name) ?? [],
    };
  });
}

function modelsOf({ tools }: Registry, users: Users): readonly InventoriedModel[] {
  return named(tools).flatMap(([name, tool]) => {
    if (tool.kind !== "model") return [];
    const models = [...new Set(Object.values(tool.actions).flatMap(modelOf))].sort(byText);
    return models.map((model) => ({
      name,
      model,
      url: tool.url,
      clearance: tool.clearance.name,
      usedBy: users.get(modelKey(name, model)) ?? [],
    }));
  });
}

function modelOf({ match }: RegistryAction): readonly string[] {
  return "model" in match ? [match.model] : [];
}

function modelKey(tool: string, model: string): string {
  return `${tool}\n${model}`;
}

function datasetsOf({ datasets }: Registry, users: Users): readonly InventoriedDataset[] {
  return named(datasets).map(([name, dataset]) => {
    const place = placeOf(dataset);
    return {
      name,
      kind: dataset.kind,
      sensitivity: dataset.sensitivity.name,
      untrusted: dataset.untrusted === true,
      ...(place !== undefined && { place }),
      usedBy: users.get(name) ?? [],
    };
  });
}

function placeOf({ bucket, prefix = "", table, secret, account }: RegistryDataset<Sensitivity>): string | undefined {
  const place = bucket === undefined ? (table ?? secret) : `${bucket}/${prefix}`;
  return place === undefined || account === undefined ? place : `${account}:${place}`;
}

function named<T>(record: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(record).sort(([one], [other]) => byText(one, other));
}
