import type { Json, RegistryDocument, RegistryTask } from "../../../domain";
import { mapped } from "../../../domain/mapped";
import { own } from "../../../domain/own";
import { datasetOf, toolOf } from "./agent-basis";

/** The edges of a task, and data and tools of delegates by `<agent>.<task>` */
type HandedRights = Readonly<Record<"edges" | "others", Json>>;

/** What a finding about handed work rests on, beside the agent itself: the ceilings of its task, and the rights of these delegates */
export function handedRights(
  { delegates }: RegistryTask,
  by: readonly string[],
  registry: RegistryDocument,
): HandedRights {
  const edges = mapped(delegates, (edge) => ({ ...edge }));
  return {
    edges,
    others: Object.fromEntries([...new Set(by)].sort().map((target) => [target, rightsOf(target, registry)])),
  };
}

/** Data and tools of a task, named `<agent>.<task>`, with what the registry says of them */
export function rightsOf(target: string, registry: RegistryDocument): Json {
  const [agent, name] = target.split(".");
  const { data = {}, tools = {} } = own(own(registry.agents, agent)?.tasks, name) ?? {};
  return {
    data: mapped(data, (kinds, dataset) => ({ kinds, dataset: datasetOf(own(registry.datasets, dataset)) })),
    tools: mapped(tools, (actions, tool) => toolOf(own(registry.tools, tool), actions)),
  };
}
