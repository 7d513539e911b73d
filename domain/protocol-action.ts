const PREFIX = "mcp:";

/**
 * What stands in place of an action's name for a message of MCP that calls no tool: `tools/list` is `mcp:tools/list`. No action has a
 * colon in its name. Such a message follows the granted actions: an agent that may call one of them may send it.
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
