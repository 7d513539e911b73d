const PREFIX = "mcp:";

/**
 * Stands for an action's name in messages of MCP that call no tool: `tools/list` is `mcp:tools/list`. Names of actions
 * have no colon. Such a message is allowed along with the granted actions: an agent that may call one of them may send
 * it.
 */
export function protocolAction(method: string): string {
  return `${PREFIX}${method}`;
}

/** Method of the message that stands so */
export function methodIn(action: string): string {
  return action.slice(PREFIX.length);
}

export function isProtocolAction(action: string): boolean {
  return action.startsWith(PREFIX);
}
