import { own } from "../../../domain";
import type { Problem } from "../../../domain/registry/problem";
import type { Registry, RegistryTask } from "./registry";

const FORGOTTEN = "the registry has no such thing: synthesize again";

/** Names of tools, actions, datasets and tasks that the registry does not hold: what they open is not known. */
export function dangling(registry: Registry): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [agent, { tasks, serves = {} }] of Object.entries(registry.agents)) {
    for (const [name, task] of Object.entries(tasks)) {
      for (const path of missingFrom(registry, task)) {
        problems.push({ path: ["agents", agent, "tasks", name, ...path], why: FORGOTTEN });
      }
    }
    for (const [name, way] of Object.entries(serves)) {
      for (const task of way.tasks.filter((one) => own(tasks, one) === undefined)) {
        problems.push({ path: ["agents", agent, "serves", name, "tasks", task], why: FORGOTTEN });
      }
      const { tool, action } = way.pushes ?? {};
      if (tool === undefined || action === undefined) continue;
      if (own(own(registry.tools, tool)?.actions, action) === undefined) {
        problems.push({ path: ["agents", agent, "serves", name, "pushes", tool, action], why: FORGOTTEN });
      }
    }
  }
  return problems;
}

function missingFrom(registry: Registry, { tools, data, delegates }: RegistryTask): readonly (readonly string[])[] {
  const missing: (readonly string[])[] = [];
  for (const tool of Object.keys(tools)) {
    const known = own(registry.tools, tool)?.actions;
    for (const action of tools[tool] ?? []) {
      if (own(known, action) === undefined) missing.push(["tools", tool, action]);
    }
  }
  for (const dataset of Object.keys(data)) {
    if (own(registry.datasets, dataset) === undefined) missing.push(["data", dataset]);
  }
  for (const target of Object.keys(delegates)) {
    if (taskNamed(registry, target) === undefined) missing.push(["delegates", target]);
  }
  return missing;
}

/** By `<agent>.<task>` */
export function taskNamed({ agents }: Registry, target: string): RegistryTask | undefined {
  const [agent, task] = target.split(".");
  return own(own(agents, agent)?.tasks, task);
}
