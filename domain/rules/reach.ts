import type { AgentDeclaration } from "../agent";
import type { DataAccess } from "../dataset";
import type { Delegation } from "../delegation";
import type { Task } from "../task";
import type { Tool, ToolAction } from "../tool";
import { type Ceiling, ceilingOfChain } from "./ceiling";

/** A task at the end of a chain, and what is left of its rights there */
export interface Reached {
  readonly agent: AgentDeclaration;
  readonly task: Task;
  readonly ceiling: Ceiling;
  /** `<agent>.<task>` at each hop, the last one is its own */
  readonly chain: readonly string[];
}

/**
 * Every task to which work may be handed on from this one, once per chain, each before those behind it.
 *
 * Over values, where a review follows a registry: rules refuse a task while its agent is made. A registry goes by names, and
 * those mean one thing only in a fleet that was checked.
 */
export function reachOf(task: Task): readonly Reached[] {
  return follow(task, []);
}

/** Actions that the end of the chain may call */
export function actionsOf({ task, ceiling }: Reached): readonly { readonly tool: Tool; readonly action: ToolAction }[] {
  return task.tools.flatMap(({ tool, actions }) =>
    actions.filter(({ name }) => ceiling.allowsAction(`${tool.name}.${name}`)).map((action) => ({ tool, action })),
  );
}

/** Data that the end of the chain may access, in any way */
export function dataOf({ task, ceiling }: Reached): readonly DataAccess[] {
  return task.data.filter(({ dataset, kinds }) => kinds.some((kind) => ceiling.allowsData(`${dataset.name}:${kind}`)));
}

function follow(task: Task, edges: readonly Delegation[]): readonly Reached[] {
  return task.delegates.flatMap((edge) => {
    const walked = [...edges, edge];
    const ceiling = ceilingOfChain(walked.map((step) => step.ceiling));
    if (ceiling === undefined) return [];
    const chain = walked.map((step) => step.target);
    return [{ agent: edge.agent, task: edge.task, ceiling, chain }, ...follow(edge.task, walked)];
  });
}
