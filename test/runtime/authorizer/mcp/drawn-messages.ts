import fc from "fast-check";
import type { McpCapability } from "../../../../domain";
import { pinOf } from "../../../../runtime/authorizer/mcp/definition";
import { type OddChange, oddChanges } from "../../../support/json/odd-json";
import { classic, initialize, McpWorld, modern, NEW, notification, OLD, result } from "../../../support/mcp-world";

export interface DrawnMessage {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

const RELATED = "io.modelcontextprotocol/related-task";
const VERSION = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: readonly McpCapability[] = ["completions", "prompts", "resources", "subscriptions", "tasks"];

/** Marks three of its arguments, which headers then repeat */
const FIND = {
  name: "find_order",
  inputSchema: {
    type: "object",
    properties: {
      id: {},
      region: { type: "string", "x-mcp-header": "Region" },
      amount: { type: "integer", "x-mcp-header": "Amount" },
      urgent: { type: "boolean", "x-mcp-header": "Urgent" },
    },
  },
} as const;

/** What the server says of its tools, whenever it is asked */
export const LISTED = [FIND] as const;

/** What was given to the agent that asks; to another one the same with `other` in it */
export const OWN = { session: "s-own", task: "t-own", state: "st-own" } as const;
/** What the state was given for */
export const STATED = { id: 7 } as const;
/** Of tools that are declared, the one that is granted, and its action */
export const GRANTED = { tool: FIND.name, action: "find" } as const;

/** @param hasAll whether it declares capabilities, and has asked and given something before */
export function drawnWorld(hasAll: boolean): McpWorld {
  const world = new McpWorld();
  const actions = {
    find: { match: { tool: FIND.name }, pin: pinOf(FIND) as string },
    refund: { match: { tool: "create_refund" } },
  };
  world.tool = { ...world.tool, actions, capabilities: hasAll ? [...CAPABILITIES, "sampling", "elicitation"] : [] };
  world.answered(modern("tools/list"), { body: result({ tools: LISTED, resultType: "complete" }) });
  if (!hasAll) return world;
  for (const [agent, end] of [
    ["clerk", "own"],
    ["other", "other"],
  ] as const) {
    const opened = result({ protocolVersion: OLD, capabilities: {} });
    world.answered({ ...initialize(), agent }, { headers: [["mcp-session-id", `s-${end}`]], body: opened });
    const call = { ...modern("tools/call", { name: FIND.name, arguments: STATED }), agent };
    world.answered(call, { body: result({ resultType: "task", taskId: `t-${end}` }) });
    const asks = { resultType: "input_required", requestState: `st-${end}`, inputRequests: {} };
    world.answered(call, { body: result(asks) });
    const session = ["mcp-session-id", `s-${end}`] as const;
    const question = { jsonrpc: "2.0", id: `q-${end}`, method: "sampling/createMessage", params: {} };
    const headers = [session, ["mcp-protocol-version", OLD]] as const;
    world.answered({ method: "GET", headers, agent }, { body: `data: ${JSON.stringify(question)}\n\n` });
  }
  return world;
}

const ARGUMENTS = { id: 7, region: "eu" };
const REGION = ["mcp-param-region", "eu"] as const;
const SESSION = ["mcp-session-id", OWN.session] as const;
const called = modern("tools/call", { name: FIND.name, arguments: ARGUMENTS });
const response = { jsonrpc: "2.0", id: "q-own", result: { content: {}, _meta: { [RELATED]: { taskId: OWN.task } } } };
const related = { _meta: { [RELATED]: { taskId: OWN.task }, progressToken: 1, "acme.example/mode": "x" } };

const DECLARED: readonly DrawnMessage[] = [
  { ...called, headers: [...called.headers, REGION] },
  classic("tools/call", { name: FIND.name, arguments: ARGUMENTS, ...related }),
  modern("tools/call", { name: FIND.name, arguments: STATED, requestState: OWN.state, inputResponses: { a: {} } }),
  classic("tools/call", { name: FIND.name, arguments: {}, task: { ttl: 60 } }),
  classic("tools/list", { cursor: "c" }),
  modern("tools/list"),
  modern("server/discover"),
  classic("ping", related),
  initialize(),
  notification("notifications/cancelled", { requestId: 1, ...related }),
  notification("notifications/initialized"),
  modern("resources/read", { uri: "file:///a" }),
  classic("resources/read", { uri: "file:///a" }),
  modern("prompts/get", { name: "p", arguments: { a: "b" } }),
  classic("prompts/get", { name: "p" }),
  classic("tasks/get", { taskId: OWN.task }),
  modern("tasks/update", { taskId: OWN.task, inputResponses: {} }),
  classic("tasks/cancel", { taskId: OWN.task }),
  modern("subscriptions/listen", { notifications: { taskIds: [OWN.task] } }),
  classic("completion/complete", { ref: { type: "ref/prompt", name: "p" }, argument: { name: "a", value: "b" } }),
  { body: response, headers: [SESSION, ["mcp-protocol-version", OLD]] as const },
].map((sent) => ({
  method: "POST",
  path: "/tools/payments",
  headers: [
    ["content-type", "application/json"] as const,
    ...(("headers" in sent ? sent.headers : []) as DrawnMessage["headers"]),
  ],
  body: JSON.stringify(sent.body),
}));

const MEMBERS = [
  ...["jsonrpc", "id", "method", "params", "result", "error", "name", "arguments", "uri", "task", "taskId", "taskIds"],
  ...["notifications", "requestState", "inputResponses", "_meta", "protocolVersion", "region", "amount", "urgent"],
  ...[VERSION, RELATED, "progressToken", "baggage", "__proto__", "x"],
];
const other = { [RELATED]: { taskId: "t-other" } };
const VALUES = [
  ...["find_order", "create_refund", "tools/call", "tools/list", "ping", "initialize", "eu", "us", "é", " eu", "1e2"],
  ...[NEW, OLD, "2024-11-05", "2.0", "t-own", "t-other", "st-own", "st-other", "q-own", "q-other", "file:///b"],
  ...[7, 8, true, ["t-other"], ["t-own"], { taskId: "t-other" }, { taskIds: ["t-other"] }, { notifications: {} }],
  ...[{ [VERSION]: NEW }, { [VERSION]: OLD }, other, { _meta: other }, { name: "create_refund" }, { id: 8 }],
].map((value) => JSON.stringify(value));

const HEADERS = [
  ...["mcp-method", "mcp-name", "mcp-protocol-version", "mcp-session-id", "mcp-param-region", "mcp-param-amount"],
  ...["mcp-param-urgent", "mcp-param-id", "content-type", "content-encoding", "last-event-id", "x-original-url"],
];
const HEADER_VALUES = [
  ...["tools/call", "tools/list", "Tools/Call", "tasks/get", "find_order", "create_refund", "t-own", "t-other", "eu"],
  ...["EU", "us", "é", "Ã©", "=?base64?ZXU=?=", "=?base64?w6k=?=", "=?BASE64?dXM=?=", "=?base64?ZXV=?=", "7", "007"],
  ...["1e2", "true", "TRUE", NEW, OLD, "2024-11-05", "s-own", "s-other", "q-own", "", "a, b", "file:///a", "file:///b"],
  ...["application/json; charset=utf-8", "application/json; charset=utf-16", "text/plain", "gzip"],
];

type Change = (message: DrawnMessage) => DrawnMessage;
const ofBody =
  (change: OddChange): Change =>
  (message) => ({ ...message, body: change(message.body) });
const header: fc.Arbitrary<Change> = fc
  .tuple(fc.constantFrom(...HEADERS), fc.constantFrom(...HEADER_VALUES), fc.constantFrom("added", "changed", "taken"))
  .map(([name, value, how]) => ({ headers, ...message }) => ({
    ...message,
    headers: [
      ...headers.filter(([each]) => how === "added" || each !== name),
      ...(how === "taken" ? [] : [[name, value] as const]),
    ],
  }));

/** An argument and the header that repeats it, both with another value: in the body's words, and in those of a header */
const repeated: fc.Arbitrary<Change> = fc
  .tuple(
    fc.constantFrom("region", "amount", "urgent"),
    fc.constantFrom("é", "eu", " eu", "a\tb", "=?base64?ZXU=?=", 7, -0, 1e2, 0.1, true, false, null),
    fc.constantFrom(
      (text: string) => text,
      (text: string) => Buffer.from(text).toString("latin1"),
      (text: string) => `=?base64?${Buffer.from(text).toString("base64")}?=`,
    ),
  )
  .map(([name, value, form]) => ({ headers, body, ...message }) => ({
    ...message,
    headers: [...headers, [`mcp-param-${name}`, form(String(value)).trim()] as const],
    body: body.replace('"region":"eu"', `"id":7,"${name}":${JSON.stringify(value)}`).replace('"id":7,"id":7', '"id":7'),
  }));

const rest: fc.Arbitrary<Change> = fc.constantFrom<Change>(
  (message) => ({ ...message, method: "GET", body: "" }),
  (message) => ({ ...message, method: "DELETE", body: "" }),
  (message) => ({ ...message, method: "PUT" }),
  (message) => ({ ...message, path: "/tools/payments/" }),
  (message) => ({ ...message, path: "/tools/payments?x=1" }),
);

/** A message that would be served, of which at most three things are changed */
export const messages: fc.Arbitrary<DrawnMessage> = fc
  .tuple(
    fc.constantFrom(...DECLARED),
    fc.array(
      fc.oneof(
        { weight: 12, arbitrary: oddChanges(MEMBERS, VALUES).map(ofBody) },
        { weight: 4, arbitrary: header },
        { weight: 2, arbitrary: repeated },
        rest,
      ),
      { maxLength: 3 },
    ),
  )
  .map(([declared, changes]) => changes.reduce((message, change) => change(message), declared));
