import type {
  Json,
  RegistryAgent,
  RegistryDataset,
  RegistryDocument,
  RegistryTask,
  RegistryTool,
} from "../../../domain";
import { mapped } from "../../../domain/mapped";
import { own } from "../../../domain/own";
import { digestOf } from "../finding";

/**
 * Digest of what an agent may do: its tasks, ways in and memory, the tools and datasets that they use, and the tasks of others that get
 * work from them without a ceiling. Each finding about an agent rests on it.
 *
 * Left out is who answers for the agent, what for and until when, and whether it is suspended: a review tells these, an acknowledgement has
 * an owner and an end of its own, and an agent must be suspended without asking. Left out too is what differs between two platforms with
 * the same fleet: names of roles, of the trust domain and of issuers.
 */
export function agentBasisOf(name: string, registry: RegistryDocument): string {
  const agent = registry.agents[name] as RegistryAgent;
  const { clients, credentials, isolation, memory, session, concurrency, workload } = agent;
  const tasks = tasksFrom(name, registry);
  const serves = mapped(agent.serves ?? {}, ({ card: _card, ...way }) => way);
  const settings = { clients, credentials, isolation, memory, session, serves, concurrency, workload };
  return digestOf([settings as unknown as Json, tasks]);
}

/** The agent's tasks, and those of others that may do anything on its behalf */
function tasksFrom(name: string, registry: RegistryDocument): Json {
  const seen = new Map<string, Json>();
  const waiting = Object.keys(registry.agents[name]?.tasks ?? {}).map((task) => `${name}.${task}`);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [agent = "", task = ""] = next.split(".");
    const found = own(own(registry.agents, agent)?.tasks ?? {}, task);
    if (seen.has(next) || found === undefined) continue;
    seen.set(next, taskOf(found, registry));
    for (const [target, { actions, data }] of Object.entries(found.delegates))
      if (actions === "any" || data === "any") waiting.push(target);
  }
  return Object.fromEntries(seen);
}

function taskOf({ aws: _aws, cleanEvents: _clean, ...task }: RegistryTask, registry: RegistryDocument): Json {
  const tools = mapped(task.tools, (actions, name) => toolOf(own(registry.tools, name), actions));
  const data = mapped(task.data, (_, name) => datasetOf(own(registry.datasets, name)));
  return { task: task as unknown as Json, tools, data };
}

/** With the actions that are called. A pin is renewed with each release of a tool, and a review tells it. */
export function toolOf(tool: RegistryTool | undefined, called: readonly string[]): Json {
  if (tool === undefined) return null;
  const actions = called.map((name) => {
    const { pin, ...action } = own(tool.actions, name) ?? {};
    return [name, { ...action, isPinned: pin !== undefined }] as const;
  });
  return { ...tool, actions: Object.fromEntries(actions) } as unknown as Json;
}

/** Where it lies; keys are renewed. */
export function datasetOf(dataset: RegistryDataset | undefined): Json {
  if (dataset === undefined) return null;
  const { key: _key, ...rest } = dataset;
  return rest as unknown as Json;
}
