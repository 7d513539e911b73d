import { classic, initialize, McpWorld, modern, NEW, notification, OLD, type Sent } from "../../../support/mcp-world";

const CALL = { name: "find_order", arguments: { id: 7 } };
const FOUND = 'find {"id":7}';
const headersOf = (sent: Pick<Sent, "headers">, ...more: NonNullable<Sent["headers"]>) => [
  ...(sent.headers ?? []),
  ...more,
];
const without = (sent: Pick<Sent, "headers">, name: string) => (sent.headers ?? []).filter(([each]) => each !== name);

const call = modern("tools/call", CALL);
const old = classic("tools/call", CALL);
const raw = (text: string): Sent => ({ headers: [["mcp-protocol-version", OLD]], body: text });
const MISMATCH = "400 -32020 mcp.header id=1: the header";

test.each([
  ["a call", call, FOUND],
  ["a call", old, FOUND],
  [
    "a list",
    modern("tools/list", { cursor: "c" }),
    `mcp:tools/list {"cursor":"c","_meta":{"io.modelcontextprotocol/protocolVersion":"${NEW}"}}`,
  ],
  ["a list", classic("tools/list"), "mcp:tools/list {}"],
  [
    "a discovery",
    modern("server/discover"),
    `mcp:server/discover {"_meta":{"io.modelcontextprotocol/protocolVersion":"${NEW}"}}`,
  ],
  ["a ping", classic("ping"), "mcp:ping {}"],
  ["that it is initialized", notification("notifications/initialized"), "mcp:notifications/initialized {}"],
  [
    "a name in base64",
    {
      ...call,
      headers: headersOf({ headers: without(call, "mcp-name") }, ["mcp-name", "=?base64?ZmluZF9vcmRlcg==?="]),
    },
    FOUND,
  ],
  [
    "headers of the other revision that agree",
    { ...old, headers: headersOf(old, ["mcp-method", "tools/call"], ["mcp-name", "find_order"]) },
    FOUND,
  ],
  ["what only traces and tells progress", modern("tools/call", CALL), FOUND],
  [
    "what else the server may act upon, which is part of what is decided on",
    classic("tools/call", { ...CALL, _meta: { progressToken: 1, "acme.example/mode": "force" } }),
    'find {"id":7,"params._meta":{"acme.example/mode":"force"}}',
  ],
  [
    "baggage and a member of the protocol that is not known, which are part of it too",
    classic("tools/call", {
      ...CALL,
      _meta: { traceparent: "00", baggage: "mode=force", "io.modelcontextprotocol/other": 1 },
    }),
    'find {"id":7,"params._meta":{"baggage":"mode=force","io.modelcontextprotocol/other":1}}',
  ],
] satisfies readonly (readonly [string, Sent, string])[])("%s is recognised", (_, sent, told) => {
  expect(new McpWorld().told(sent)).toBe(told);
});

test("initialize is recognised without a header, as it is what agrees on a revision", () => {
  expect(new McpWorld().told(initialize())).toContain("mcp:initialize");
});

test.each([
  [
    "another method in the header",
    { ...call, headers: [...without(call, "mcp-method"), ["mcp-method", "tools/list"]] },
    `${MISMATCH} mcp-method must be "tools/call", as the body says, got "tools/list"`,
  ],
  [
    "the method in other case",
    { ...call, headers: [...without(call, "mcp-method"), ["mcp-method", "Tools/Call"]] },
    `${MISMATCH} mcp-method must be "tools/call", as the body says, got "Tools/Call"`,
  ],
  [
    "no method in the header",
    { ...call, headers: without(call, "mcp-method") },
    `${MISMATCH} mcp-method must be "tools/call", as the body says, got none`,
  ],
  [
    "another name in the header (praxis/zentinel#378)",
    { ...call, headers: [...without(call, "mcp-name"), ["mcp-name", "create_refund"]] },
    `${MISMATCH} mcp-name must be "find_order", as the body says, got "create_refund"`,
  ],
  [
    "no name in the header",
    { ...call, headers: without(call, "mcp-name") },
    `${MISMATCH} mcp-name must be "find_order", as the body says, got none`,
  ],
  [
    "two names joined by a comma",
    { ...call, headers: [...without(call, "mcp-name"), ["mcp-name", "find_order, create_refund"]] },
    `${MISMATCH} mcp-name must be "find_order", as the body says, got "find_order, create_refund"`,
  ],
  [
    "a name in base64 that is not canonical",
    { ...call, headers: [...without(call, "mcp-name"), ["mcp-name", "=?base64?ZmluZF9vcmRlcj==?="]] },
    `${MISMATCH} mcp-name must be "find_order", as the body says, got "=?base64?ZmluZF9vcmRlcj==?="`,
  ],
  [
    "a name where the method has none",
    { ...modern("tools/list"), headers: headersOf(modern("tools/list"), ["mcp-name", "x"]) },
    `${MISMATCH} mcp-name repeats nothing of the body`,
  ],
  [
    "another revision in the header than in the body",
    { ...call, headers: [...without(call, "mcp-protocol-version"), ["mcp-protocol-version", OLD]] },
    `${MISMATCH} mcp-protocol-version must be "${NEW}", as the body says, got "${OLD}"`,
  ],
  [
    "a name in the header of the other revision",
    { ...old, headers: headersOf(old, ["mcp-name", "create_refund"]) },
    `${MISMATCH} mcp-name must be "find_order", as the body says, got "create_refund"`,
  ],
  [
    "a session in the revision that has none",
    { ...call, headers: headersOf(call, ["mcp-session-id", "s"]) },
    "404 -32003 mcp.session id=1: the session is not known as the agent's, for this user and tool",
  ],
  [
    "the header twice",
    { ...call, headers: headersOf(call, ["mcp-name", "find_order"]) },
    "400 -32600 call.header id=undefined: the header mcp-name must be sent once",
  ],
  [
    "an older revision",
    { ...old, headers: [["mcp-protocol-version", "2025-06-18"]] },
    "400 -32022 mcp.revision id=1: MCP must be of revision 2026-07-28 or 2025-11-25, got 2025-06-18",
  ],
  [
    "no revision at all",
    { body: old.body },
    "400 -32022 mcp.revision id=1: MCP must be of revision 2026-07-28 or 2025-11-25, got 2025-03-26, as no header says otherwise",
  ],
  [
    "an older revision to begin with",
    initialize("2024-11-05"),
    "400 -32022 mcp.revision id=1: MCP must be of revision 2026-07-28 or 2025-11-25, got 2024-11-05",
  ],
  [
    "a newer one in the body",
    {
      ...call,
      body: {
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { ...CALL, _meta: { "io.modelcontextprotocol/protocolVersion": "2027-01-01" } },
      },
    },
    '400 -32020 mcp.header id=1: the header mcp-protocol-version must be "2027-01-01", as the body says, got "2026-07-28"',
  ],
  [
    "a newer one in the body and the header",
    {
      headers: [["mcp-protocol-version", "2027-01-01"]],
      body: {
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { ...CALL, _meta: { "io.modelcontextprotocol/protocolVersion": "2027-01-01" } },
      },
    },
    "400 -32022 mcp.revision id=1: MCP must be of revision 2026-07-28 or 2025-11-25, got 2027-01-01",
  ],
  [
    "a request of 2026-07-28 that does not say so",
    { ...call, body: old.body },
    '400 -32602 call.arguments id=1: a request of 2026-07-28 must name it in params._meta["io.modelcontextprotocol/protocolVersion"]',
  ],
  [
    "a batch",
    raw(`[${JSON.stringify(old.body)}]`),
    "400 -32600 mcp.message id=undefined: the body must be one message, got a batch",
  ],
  [
    "another version of JSON-RPC",
    raw('{"jsonrpc":"1.0","id":1,"method":"ping"}'),
    '400 -32600 mcp.message id=undefined: the body must be a JSON-RPC message with "jsonrpc": "2.0"',
  ],
  [
    "a member that JSON-RPC has not",
    raw('{"jsonrpc":"2.0","id":1,"method":"ping","extra":1}'),
    '400 -32600 mcp.message id=undefined: the message must have no member "extra"',
  ],
  [
    "an id that is an object",
    raw('{"jsonrpc":"2.0","id":{},"method":"ping"}'),
    "400 -32600 mcp.message id=undefined: id must be a text of at most 256 characters or a whole number",
  ],
  [
    "an id that is null",
    raw('{"jsonrpc":"2.0","id":null,"method":"ping"}'),
    "400 -32600 mcp.message id=undefined: id must be a text of at most 256 characters or a whole number",
  ],
  [
    "params in a list",
    raw('{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}'),
    "400 -32600 mcp.message id=undefined: params must be an object",
  ],
  [
    "method and Method (GHSA-4gph-2hhr-5mwg)",
    raw('{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"}'),
    "400 -32700 call.body id=undefined: the body must not have members whose names differ by case alone",
  ],
  [
    "name twice (gateway-baseline: 9 then 3)",
    raw('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"tool_9","name":"find_order"}}'),
    "400 -32700 call.body id=undefined: the body must have each member of an object once",
  ],
  [
    "name and Name (ToolHive forwarded it)",
    raw('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"find_order","Name":"tool_9"}}'),
    "400 -32700 call.body id=undefined: the body must not have members whose names differ by case alone",
  ],
  [
    "only Name",
    classic("tools/call", { Name: "find_order" }),
    '400 -32602 call.arguments id=1: params must have "name" in this spelling, got "Name"',
  ],
  [
    "another agent's task in another spelling",
    classic("ping", { _Meta: { "io.modelcontextprotocol/related-task": { taskId: "other" } } }),
    '400 -32602 call.arguments id=1: params must have "_meta" in this spelling, got "_Meta"',
  ],
  [
    "tasks to listen to in another spelling",
    modern("subscriptions/listen", { notifications: { TaskIds: ["other"] } }),
    '400 -32602 call.arguments id=1: params["notifications"] must have "taskIds" in this spelling, got "TaskIds"',
  ],
  [
    "a state in another spelling",
    modern("prompts/get", { name: "p", RequestState: "x" }),
    '400 -32602 call.arguments id=1: params must have "requestState" in this spelling, got "RequestState"',
  ],
  [
    "a task of an answer in another spelling",
    raw('{"jsonrpc":"2.0","id":5,"result":{"_META":{}}}'),
    '400 -32602 call.arguments id=undefined: result must have "_meta" in this spelling, got "_META"',
  ],
  [
    "a state in snake case, as Python's models take it",
    modern("prompts/get", { name: "p", request_state: "x" }),
    '400 -32602 call.arguments id=1: params must have "requestState" in this spelling, got "request_state"',
  ],
  [
    "a task in snake case beside its own",
    classic("tasks/get", { taskId: "own", task_id: "other" }),
    '400 -32602 call.arguments id=1: params must have "taskId" in this spelling, got "task_id"',
  ],
  [
    "a related task below meta",
    classic("ping", { meta: { "io.modelcontextprotocol/related-task": { taskId: "other" } } }),
    '400 -32602 call.arguments id=1: params must have "_meta" in this spelling, got "meta"',
  ],
  [
    "a task with a dotted capital I, as Java takes it",
    classic("tasks/get", { taskId: "own", "task\u0130d": "other" }),
    "400 -32700 call.body id=undefined: the body must not have members whose names differ by case alone",
  ],
  [
    "a parameter's header of a message that calls no tool",
    { ...modern("tools/list", {}), headers: [...modern("tools/list", {}).headers, ["mcp-param-region", "us"]] },
    "400 -32020 mcp.header id=1: the header mcp-param-region repeats nothing of the body",
  ],
  [
    "a name that ends at a null for some readers",
    raw('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta\\u0000":{}}}'),
    "400 -32700 call.body id=undefined: the body must have no member whose name has a null character",
  ],
  [
    "a name in the header that is read in Latin-1 or in UTF-8",
    modern("tools/call", { name: "é" }),
    `${MISMATCH} mcp-name must be printable ASCII: encode all else as =?base64?…?=`,
  ],
  [
    "a long s in arguments (CVE-2026-27896)",
    raw(
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"find_order","arguments":{},"argument\\u017f":{}}}',
    ),
    "400 -32700 call.body id=undefined: the body must not have members whose names differ by case alone",
  ],
  [
    "params that tools/call has not",
    classic("tools/call", { ...CALL, tool_name: "x" }),
    '400 -32602 call.arguments id=1: params of tools/call must have no member "tool_name"',
  ],
  [
    "arguments in a list",
    classic("tools/call", { name: "find_order", arguments: [] }),
    "400 -32602 call.arguments id=1: params.arguments must be an object",
  ],
  [
    "an argument named as what stands beside them",
    classic("tools/call", { name: "find_order", arguments: { "params._meta": {} } }),
    '400 -32602 call.arguments id=1: no argument\'s name may begin with params., got "params._meta"',
  ],
  [
    "text/plain (toolhive#6234)",
    { method: "POST", headers: [["content-encoding", "gzip"]], body: old.body },
    "400 -32600 call.content-type id=undefined: a body with content-encoding gzip is not read",
  ],
  [
    "a method of the other revision",
    modern("ping"),
    '404 -32601 mcp.method id=1: "ping" is no request of MCP 2026-07-28 that is served',
  ],
  [
    "a method of the newer revision in the older",
    classic("server/discover"),
    '404 -32601 mcp.method id=1: "server/discover" is no request of MCP 2025-11-25 that is served',
  ],
  [
    "an unknown method",
    classic("admin/reset"),
    '404 -32601 mcp.method id=1: "admin/reset" is no request of MCP 2025-11-25 that is served',
  ],
  [
    "a method by an inherited name",
    classic("constructor"),
    '404 -32601 mcp.method id=1: "constructor" is no request of MCP 2025-11-25 that is served',
  ],
  [
    "an unknown notification",
    notification("notifications/x"),
    '404 -32601 mcp.method id=undefined: "notifications/x" is no notification of MCP 2025-11-25 that is served',
  ],
  [
    "resources, which are not declared",
    modern("resources/read", { uri: "file:///a" }),
    "404 -32601 mcp.method id=1: resources/read needs the capability resources, which the tool does not declare",
  ],
  [
    "prompts, which are not declared",
    classic("prompts/list"),
    "404 -32601 mcp.method id=1: prompts/list needs the capability prompts, which the tool does not declare",
  ],
  [
    "a task, which is not declared",
    classic("tools/call", { ...CALL, task: {} }),
    "400 -32602 call.arguments id=1: params.task needs the capability tasks, which the tool does not declare",
  ],
  [
    "an answer to no question",
    raw('{"jsonrpc":"2.0","id":5,"result":{}}'),
    "400 -32600 mcp.message id=undefined: the server has asked no such question that was let through",
  ],
  [
    "GET without a session",
    { method: "GET" },
    "405 -32003 mcp.no-stream id=undefined: GET is for the holder of a session of MCP 2025-11-25",
  ],
  [
    "GET with the headers of a call",
    { method: "GET", headers: [["mcp-method", "tools/call"]] },
    "400 -32020 mcp.header id=undefined: the header mcp-method repeats nothing of the body",
  ],
  [
    "DELETE with a header of a parameter",
    { method: "DELETE", headers: [["mcp-param-region", "us"]] },
    "400 -32020 mcp.header id=undefined: the header mcp-param-region repeats nothing of the body",
  ],
  ["PUT", { method: "PUT" }, "405 -32003 mcp.no-stream id=undefined: no PUT is of MCP"],
  [
    "a path behind the server's",
    { ...old, path: "/tools/payments/admin" },
    "403 -32003 gateway.route id=undefined: an MCP server is called at /tools/payments, without a slash or query behind it",
  ],
  [
    "a query",
    { ...old, path: "/tools/payments?x=1" },
    "403 -32003 gateway.route id=undefined: an MCP server is called at /tools/payments, without a slash or query behind it",
  ],
  [
    "a state that the server has not given",
    modern("tools/call", { ...CALL, requestState: "x" }),
    "400 -32602 mcp.state id=1: the requestState is not one that the server gave for this very call, or it was used",
  ],
] satisfies readonly (readonly [string, Sent, string])[])("fails for %s", (_, sent, told) => {
  expect(new McpWorld().told(sent)).toBe(told);
});

test("a tool that is not granted is refused as one that does not exist, and only the log tells them apart", () => {
  const world = new McpWorld();
  const asked = (name: string, granted: readonly string[]) =>
    world.told({ ...classic("tools/call", { name }), granted });
  const answer = "200 -32602 mcp.unknown id=1: Unknown tool: create_refund";
  expect(asked("create_refund", ["find"])).toBe(answer);
  world.tool = { ...world.tool, actions: {} };
  expect(asked("create_refund", ["find"])).toBe(answer);
});
