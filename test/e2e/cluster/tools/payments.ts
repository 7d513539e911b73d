import { pinOf } from "../../../../runtime/authorizer/mcp/definition";

type Fields = Readonly<Record<string, unknown>>;

const order = { type: "string", pattern: "^[A-Z]{2}-[0-9]{1,8}$" };
const objectOf = (properties: Fields) => ({
  type: "object",
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});

/** What the server says of its tools. The pins in the example's declaration are of this text. */
const DEFINITIONS = [
  { name: "find_order", description: "Finds an order by its number", inputSchema: objectOf({ order }) },
  {
    name: "create_refund",
    description: "Pays back an amount of an order, in euros",
    inputSchema: objectOf({ order, amount: { type: "number", exclusiveMinimum: 0 } }),
  },
];

/** By the name of the tool */
export const PINS: Readonly<Record<string, unknown>> = Object.fromEntries(
  DEFINITIONS.map((definition) => [definition.name, pinOf(definition as never)]),
);

/**
 * In place of the MCP server for payments: answers in its revision 2025-11-25, without sessions.
 *
 * @param message of JSON-RPC
 * @returns undefined for what has no answer
 */
export function paymentsAnswer({ id, method, params }: Fields): Fields | undefined {
  if (id === undefined) return undefined;
  const answer = (result: Fields): Fields => ({ jsonrpc: "2.0", id, result });
  if (method === "initialize") {
    const serverInfo = { name: "payments", version: "1" };
    return answer({ protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo });
  }
  if (method === "tools/list") return answer({ tools: DEFINITIONS });
  if (method === "tools/call") {
    const { name, arguments: given } = params as Fields;
    return answer({ content: [{ type: "text", text: `${String(name)} ${JSON.stringify(given)}` }] });
  }
  return { jsonrpc: "2.0", id, error: { code: -32601, message: "unknown method" } };
}
