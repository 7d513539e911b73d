const PREFIX = "agent:";

/**
 * What stands in place of a tool's name where work is handed on: `agent:web-reader`, whose actions are the tasks of that agent. No tool has a
 * colon in its name. A request to a delegate is a call of this tool, under the approval, budgets, orders and intent of the task that sends it.
 */
export function delegateTool(agent: string): string {
  return `${PREFIX}${agent}`;
}

export function isDelegateTool(tool: string): boolean {
  return tool.startsWith(PREFIX);
}

/** Name of the agent that a tool stands for; undefined for any other tool */
export function delegateIn(tool: string): string | undefined {
  return isDelegateTool(tool) ? tool.slice(PREFIX.length) : undefined;
}

/** Name of the call, such as `agent:web-reader.fetch`. @param target `<agent>.<task>` */
export function delegateCall(target: string): string {
  return `${PREFIX}${target}`;
}
