import { own } from "../../../domain";
import type { Registry, RegistryAgent } from "../../reach/declared/registry";
import { sameJson } from "../../read/json";

/** Agents that reach anything that differs: only they can have gained or lost. */
export function affectedAgents(base: Registry, head: Registry): ReadonlySet<string> {
  const names = new Set([...Object.keys(base.agents), ...Object.keys(head.agents)]);
  const trusted = ({ trust, people }: Registry) => ({ trust, people });
  if (base.trustDomain !== head.trustDomain || !sameJson(trusted(base), trusted(head))) return names;
  const agents = differing(base.agents, head.agents);
  const tools = differing(base.tools, head.tools);
  const datasets = differing(base.datasets, head.datasets);
  const touched = [...names].filter((name) => {
    const agent = own(head.agents, name);
    return agents.has(name) || (agent !== undefined && usesAny(agent, tools, datasets));
  });
  return withDelegators(touched, [base, head]);
}

function differing<T>(base: Readonly<Record<string, T>>, head: Readonly<Record<string, T>>): ReadonlySet<string> {
  const names = [...Object.keys(base), ...Object.keys(head)];
  return new Set(names.filter((name) => !sameJson(own(base, name), own(head, name))));
}

function usesAny({ tasks }: RegistryAgent, tools: ReadonlySet<string>, datasets: ReadonlySet<string>): boolean {
  return Object.values(tasks).some(
    (task) =>
      Object.keys(task.tools).some((tool) => tools.has(tool)) ||
      Object.keys(task.data).some((dataset) => datasets.has(dataset)),
  );
}

/** With every agent that delegates to one of them, over any number of hops */
function withDelegators(agents: readonly string[], registries: readonly Registry[]): ReadonlySet<string> {
  const delegators = new Map<string, Set<string>>();
  for (const registry of registries) {
    for (const [name, { tasks }] of Object.entries(registry.agents)) {
      for (const target of Object.values(tasks).flatMap(({ delegates }) => Object.keys(delegates))) {
        const [delegate = ""] = target.split(".");
        delegators.set(delegate, (delegators.get(delegate) ?? new Set()).add(name));
      }
    }
  }
  const reached = new Set(agents);
  // The loop also visits entries added while it runs.
  for (const name of reached) for (const delegator of delegators.get(name) ?? []) reached.add(delegator);
  return reached;
}
