import type { Asked } from "../gateway/call";
import { PINNED } from "./mcp-fleet";

const NEW = "2026-07-28";
export const OLD = "2025-11-25";
export const META = {
  "io.modelcontextprotocol/protocolVersion": NEW,
  "io.modelcontextprotocol/clientCapabilities": {},
  "io.modelcontextprotocol/clientInfo": { name: "attacker", version: "1" },
} as const;
export const TYPES = { "content-type": "application/json", accept: "application/json, text/event-stream" } as const;

/** What a hostile client sends as the clerk with a token that is good for the server `shop` */
interface Odd extends Omit<Asked, "path"> {
  readonly name: string;
  readonly path?: string;
  /** Status, code of JSON-RPC and reasons */
  readonly said: string;
}

export const rpc = (method: string, params: object, id: number | string = 1) =>
  JSON.stringify({ jsonrpc: "2.0", id, method, params });

/** A call of 2026-07-28, with headers and body as they are given */
export function modern(
  body: string | Buffer,
  headers: Asked["headers"] = {},
): Pick<Asked, "body" | "headers" | "method"> {
  return {
    method: "POST",
    body,
    headers: { ...TYPES, "mcp-protocol-version": NEW, "mcp-method": "tools/call", "mcp-name": PINNED, ...headers },
  };
}

export function classic(
  body: string | Buffer,
  headers: Asked["headers"] = {},
): Pick<Asked, "body" | "headers" | "method"> {
  return { method: "POST", body, headers: { ...TYPES, "mcp-protocol-version": OLD, ...headers } };
}

export const CALL = rpc("tools/call", { name: PINNED, arguments: {}, _meta: META });
const BODY = "400 -32700 call.body";
const HEADER = "400 -32020 mcp.header";

/** Each by the attack that it is: none may reach the server. */
export const ODD: readonly Odd[] = [
  {
    name: "name twice, 9 then 3 (ToolHive forwarded it)",
    ...classic(
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"test_image_content","name":"test_simple_text"}}',
    ),
    said: BODY,
  },
  {
    name: "name and Name (ToolHive forwarded it, a Go server ran the other)",
    ...classic(
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"test_simple_text","Name":"test_image_content"}}',
    ),
    said: BODY,
  },
  {
    name: "arguments and Arguments (GHSA-4gph-2hhr-5mwg)",
    ...classic(
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"test_simple_text","arguments":{},"Arguments":{}}}',
    ),
    said: BODY,
  },
  {
    name: "names equal by Unicode folding (CVE-2026-27896)",
    ...classic(
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"test_simple_text","argument\u017f":{},"arguments":{}}}',
    ),
    said: BODY,
  },
  { name: "only Name", ...classic(rpc("tools/call", { Name: PINNED })), said: "400 -32602 call.arguments" },
  { name: "a batch", ...classic(`[${CALL}]`), said: "400 -32600 mcp.message" },
  {
    name: "text/plain (toolhive#6234)",
    ...modern(CALL, { "content-type": "text/plain" }),
    said: "400 -32600 call.content-type",
  },
  { name: "a number beyond 2^53", ...classic('{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}'), said: BODY },
  { name: "70 KiB (others forwarded it)", ...modern(Buffer.alloc(70_000, 0x20)), said: "413 undefined call.too-large" },
  {
    name: "headers that allow, and a body that does something else (zentinel#378, wso2#308)",
    ...modern(rpc("tools/call", { name: "test_image_content", _meta: META })),
    said: HEADER,
  },
  {
    name: "a method in the header that the body has not",
    ...modern(CALL, { "mcp-method": "tools/list" }),
    said: HEADER,
  },
  {
    name: "two names in two headers (CVE-2026-31838)",
    ...modern(CALL, { "mcp-name": [PINNED, "test_image_content"] }),
    said: "400 -32600 call.header",
  },
  {
    name: "two names joined by a comma",
    ...modern(CALL, { "mcp-name": `${PINNED},test_image_content` }),
    said: HEADER,
  },
  {
    name: "a name in base64 that is another",
    ...modern(CALL, { "mcp-name": "=?base64?dGVzdF9pbWFnZV9jb250ZW50?=" }),
    said: HEADER,
  },
  {
    name: "a parameter's header that says another region",
    ...modern(rpc("tools/call", { name: "test_headers", arguments: { region: "eu" }, _meta: META }), {
      "mcp-name": "test_headers",
      "mcp-param-region": "us",
    }),
    said: HEADER,
  },
  {
    name: "a parameter's header that no parameter has",
    ...modern(rpc("tools/call", { name: "test_headers", arguments: { region: "eu" }, _meta: META }), {
      "mcp-name": "test_headers",
      "mcp-param-region": "eu",
      "mcp-param-zone": "eu",
    }),
    said: HEADER,
  },
  {
    name: "an older revision",
    ...classic(rpc("ping", {}), { "mcp-protocol-version": "2024-11-05" }),
    said: "400 -32022 mcp.revision",
  },
  {
    name: "no revision at all, which is of 2025-03-26",
    method: "POST",
    headers: TYPES,
    body: rpc("ping", {}),
    said: "400 -32022 mcp.revision",
  },
  {
    name: "a hidden tool by curl (gh-aw#25105)",
    ...classic(rpc("tools/call", { name: "test_image_content" })),
    said: "200 -32602 ",
  },
  {
    name: "a method that is not declared",
    ...classic(rpc("resources/read", { uri: "test://static-text" })),
    said: "404 -32601 mcp.method",
  },
  { name: "sampling asked by a client", ...classic(rpc("sampling/createMessage", {})), said: "404 -32601 mcp.method" },
  {
    name: "an answer to a question that was not asked",
    ...classic('{"jsonrpc":"2.0","id":1,"result":{}}'),
    said: "400 -32600 mcp.message",
  },
  {
    name: "another client's session",
    ...classic(rpc("ping", {}), { "mcp-session-id": "stolen" }),
    said: "404 -32003 mcp.session",
  },
  {
    name: "a state that the server has not given",
    ...modern(rpc("tools/call", { name: PINNED, arguments: {}, requestState: "forged", _meta: META })),
    said: "400 -32602 mcp.state",
  },
  {
    name: "a path behind the server's",
    path: "/tools/shop/admin",
    ...modern(CALL),
    said: "403 undefined gateway.route",
  },
  { name: "a query", path: "/tools/shop?x=1", ...modern(CALL), said: "403 -32003 gateway.route" },
  {
    name: "X-HTTP-Method-Override",
    ...modern(CALL, { "x-http-method-override": "DELETE" }),
    said: "400 -32600 call.header",
  },
  { name: "no token", ...modern(CALL), token: undefined, said: "401 undefined gateway.token-missing" },
];
