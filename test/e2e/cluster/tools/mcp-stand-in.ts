import { pinOf } from "../../../../runtime/authorizer/mcp/definition";

type Fields = Readonly<Record<string, unknown>>;

/** What a server says of one of its tools */
export interface Definition {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Fields;
}

/** A JSON object of exactly these properties */
export const objectOf = (properties: Fields): Fields => ({
  type: "object",
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});

/** By the name of the tool */
export function pinsOf(definitions: readonly Definition[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(definitions.map((definition) => [definition.name, pinOf(definition as never)]));
}

/**
 * In place of an MCP server: answers in its revision 2025-11-25, without sessions. A call is answered with its tool and arguments.
 *
 * @param message of JSON-RPC
 * @returns undefined for what has no answer
 */
export function mcpAnswer(name: string, definitions: readonly Definition[], message: Fields): Fields | undefined {
  const { id, method, params } = message;
  if (id === undefined) return undefined;
  const answer = (result: Fields): Fields => ({ jsonrpc: "2.0", id, result });
  if (method === "initialize") {
    const serverInfo = { name, version: "1" };
    return answer({ protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo });
  }
  if (method === "tools/list") return answer({ tools: definitions });
  if (method === "tools/call") {
    const { name: tool, arguments: given } = params as Fields;
    return answer({ content: [{ type: "text", text: `${String(tool)} ${JSON.stringify(given)}` }] });
  }
  return { jsonrpc: "2.0", id, error: { code: -32601, message: "unknown method" } };
}
