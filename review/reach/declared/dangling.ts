import { own } from "../../../domain";
import type { Problem } from "./read-registry";
import type { Registry, RegistryTask } from "./registry-schema";

/** Names of tools, actions, datasets and tasks that the registry does not hold: what they open is not known. */
export function dangling(registry: Registry): readonly Problem[] {
  return Object.entries(registry.agents).flatMap(([agent, { tasks }]) =>
    Object.entries(tasks).flatMap(([name, task]) =>
      namesOf(task)
        .filter((path) => !isThere(registry, path))
        .map((path) => ({
          path: ["agents", agent, "tasks", name, ...path],
          why: "the registry has no such thing: synthesize again",
        })),
    ),
  );
}

function namesOf({ tools, data, delegates }: RegistryTask): readonly (readonly string[])[] {
  return [
    ...Object.entries(tools).flatMap(([tool, actions]) => actions.map((action) => ["tools", tool, action])),
    ...Object.keys(data).map((dataset) => ["data", dataset]),
    ...Object.keys(delegates).map((target) => ["delegates", target]),
  ];
}

function isThere(registry: Registry, [property, name, action]: readonly string[]): boolean {
  if (property === "tools") return own(own(registry.tools, name)?.actions, action) !== undefined;
  if (property === "data") return own(registry.datasets, name) !== undefined;
  return taskNamed(registry, name ?? "") !== undefined;
}

/** By `<agent>.<task>` */
export function taskNamed({ agents }: Registry, target: string): RegistryTask | undefined {
  const [agent, task] = target.split(".");
  return own(own(agents, agent)?.tasks, task);
}
