import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { Denial } from "../../../../runtime/authorizer/denial";
import { takenOut } from "../../../../runtime/authorizer/request/headers";
import type { RecognisedCall } from "../../../../runtime/authorizer/request/recognised-call";
import { draws } from "../../../support/depth";
import type { McpWorld } from "../../../support/mcp-world";
import { type DrawnMessage, drawnWorld, GRANTED, LISTED, messages, OWN, STATED } from "./drawn-messages";
import { SERVERS, type Taken, taken } from "./plain-server";

/** What a server acts upon nowhere but in the protocol itself */
const OF_THE_PROTOCOL = [
  ...["clientCapabilities", "clientInfo", "logLevel", "protocolVersion"].map(
    (name) => `io.modelcontextprotocol/${name}`,
  ),
  ...["progressToken", "traceparent", "tracestate"],
];
/** Served without a capability */
const PLAIN_METHODS = [
  ...["tools/call", "tools/list", "ping", "initialize", "server/discover"],
  ...["notifications/cancelled", "notifications/initialized", "notifications/progress"],
];

const worlds = { all: drawnWorld(true), none: drawnWorld(false) };
const claims = {
  client_id: "clerk",
  sid: "s",
  run: "r",
  sub_id: { format: "iss_sub", iss: "https://login.example", sub: "alice" },
} as const;

/** What goes out; undefined where it is refused. All but a Denial is an error. */
async function decided({ tool, messages: mcp }: McpWorld, message: DrawnMessage): Promise<RecognisedCall | undefined> {
  const request = { certificate: "", tool: tool.name, destination: "", ...message, body: Buffer.from(message.body) };
  try {
    const call = mcp.recognise(tool, request, { claims, isGranted: (action) => action === GRANTED.action });
    await call.confirm?.(() => Promise.resolve(LISTED));
    return call;
  } catch (error) {
    if (error instanceof Denial) return undefined;
    throw error;
  }
}

/** Why it should not have gone out; undefined where every server takes it for what was decided */
function problemOf(hasAll: boolean, message: DrawnMessage, call: RecognisedCall): string | undefined {
  const removed = takenOut(message.headers, call.passes);
  const headers = message.headers.filter(([name]) => !removed.includes(name));
  const session = headers.filter(([name]) => name === "mcp-session-id");
  if (session.some(([, id]) => !hasAll || id !== OWN.session)) return "the session is another agent's";
  if (message.method !== "POST") return session.length === 1 ? undefined : "a stream of no session";
  if (!isPlainJson(message.headers)) return "its bytes may be read as something else than JSON in UTF-8";
  const [plain, ...others] = SERVERS.map(
    (server) => [server.name, taken({ headers, body: message.body }, server)] as const,
  );
  const [first] = plain?.[1] ?? [];
  if (first === undefined || plain?.[1].length !== 1) return "it is no single message";
  const other = others.find(([, read]) => !isDeepStrictEqual(read, [first]));
  if (other !== undefined) return `a server that ${other[0]} takes it for ${JSON.stringify(other[1])}`;
  if (!hasAll && !PLAIN_METHODS.includes(String(first.method))) return `${String(first.method)} needs a capability`;
  const odd = tasksIn(first).find((task) => !hasAll || task !== OWN.task);
  if (odd !== undefined) return `the task ${JSON.stringify(odd)} is another agent's`;
  const goesOn = first.method === "tools/call" && "task" in first.params;
  if (!hasAll && goesOn) return "a call that goes on as a task needs a capability";
  return differenceOf(first, call) ?? stateProblem(hasAll, first);
}

/** By the headers that came: a server that is sent none may look at the bytes. */
function isPlainJson(headers: DrawnMessage["headers"]): boolean {
  const types = headers.filter(([name]) => name === "content-type").map(([, value]) => value);
  const isJson = /^application\/json(;\s*charset=utf-8)?$/i.test(types.join());
  return types.length === 1 && isJson && !headers.some(([name]) => name === "content-encoding");
}

/** What was decided on, and what a server takes the message for */
function differenceOf({ method, params, id }: Taken, { action, arguments: args }: RecognisedCall): string | undefined {
  const differs = (what: unknown, from: unknown): string | undefined =>
    isDeepStrictEqual(what, from) ? undefined : `${JSON.stringify(what)} is taken, ${JSON.stringify(from)} was decided`;
  if (method !== "tools/call") {
    if (method === "response" && id !== "q-own") return "no such question was asked";
    return differs([`mcp:${String(method)}`, params], [action, args]);
  }
  const own = Object.entries(args).filter(([name]) => !name.startsWith("params."));
  const meta = Object.entries((params["_meta"] ?? {}) as object).filter(([name]) => !OF_THE_PROTOCOL.includes(name));
  const beside = { task: params["task"], inputResponses: params["inputResponses"], _meta: Object.fromEntries(meta) };
  return (
    differs([params["name"], action], [GRANTED.tool, GRANTED.action]) ??
    differs(params["arguments"] ?? {}, Object.fromEntries(own)) ??
    differs(beside, {
      task: args["params.task"],
      inputResponses: args["params.inputResponses"],
      _meta: args["params._meta"] ?? {},
    })
  );
}

/** A state is the one that was given for this call; answers come with it alone. */
function stateProblem(hasAll: boolean, { id, method, params }: Taken): string | undefined {
  const { requestState, inputResponses } = params;
  // Notifications and answers have none.
  if (id === undefined || method === "response" || (requestState === undefined && inputResponses === undefined))
    return undefined;
  const isSame = method === "tools/call" && isDeepStrictEqual(params["arguments"] ?? {}, STATED);
  return hasAll && isSame && requestState === OWN.state ? undefined : "the state is not one of this call";
}

/** What a server looks a task up by */
function tasksIn({ method, params }: Taken): readonly unknown[] {
  const about = method === "response" ? at(params, "outcome") : params;
  const ids = method === "subscriptions/listen" ? [at(params, "taskIds"), at(params, "notifications", "taskIds")] : [];
  const own = String(method).startsWith("tasks/") && method !== "tasks/list" ? [at(params, "taskId") ?? "none"] : [];
  const related = at(about, "_meta", "io.modelcontextprotocol/related-task");
  return [...own, ...ids.flat(), ...(related === undefined ? [] : [at(related, "taskId")])].filter(
    (task) => task !== undefined,
  );
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (part, name) => (part as Readonly<Record<string, unknown>> | null | undefined)?.[name],
    value,
  );
}

test("every server reads a message that goes out as the message that was decided on; every other message ends in a Denial", async () => {
  let allowed = 0;
  await fc.assert(
    fc.asyncProperty(messages, fc.boolean(), async (message, hasAll) => {
      const call = await decided(worlds[hasAll ? "all" : "none"], message);
      if (call === undefined) return;
      allowed += 1;
      const problem = problemOf(hasAll, message, call);
      if (problem !== undefined) throw new Error(problem);
    }),
    draws(20_000, 3_000),
  );
  expect(allowed).toBeGreaterThan(100);
});

/** So that the oracle is not blind: what some server takes for another call than the first server does */
test.each<
  [server: string, change: (body: string) => string, header: readonly [string, string] | undefined, as: string]
>([
  [
    "takes the first of two members",
    (body) => body.replace('"name"', '"name":"create_refund","name"'),
    undefined,
    'create_refund {"id":7}',
  ],
  [
    "takes names without regard to case",
    (body) => body.replace('"arguments"', '"Name":"create_refund","arguments"'),
    undefined,
    'create_refund {"id":7}',
  ],
  [
    "takes names as compatibility characters",
    (body) => body.replace('"arguments"', '"ｎame":"create_refund","arguments"'),
    undefined,
    'create_refund {"id":7}',
  ],
  ["ends a name at a null", (body) => body.replace(":7", ':7,"id\\u0000":8'), undefined, 'find_order {"id":8}'],
  ["replaces half a character", (body) => body.replace(":7", ':"\\ud800"'), undefined, 'find_order {"id":"\ufffd"}'],
  [
    "reads whole numbers exactly",
    (body) => body.replace(":7", ":9007199254740993"),
    undefined,
    'find_order {"id":"9007199254740993"}',
  ],
  ["goes by headers", (body) => body, ["mcp-name", "create_refund"], 'create_refund {"id":7}'],
  [
    "goes by headers",
    (body) => body.replace("}}", ',"region":"eu"}}'),
    ["mcp-param-region", "us"],
    'find_order {"id":7,"region":"us"}',
  ],
  [
    "goes by headers in UTF-8",
    (body) => body.replace("}}", ',"region":"Ã©"}}'),
    ["mcp-param-region", "Ã©"],
    'find_order {"id":7,"region":"é"}',
  ],
])("a server that %s would read another call, and the gateway refuses it", async (name, change, header, as) => {
  const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: GRANTED.tool, arguments: { id: 7 } } };
  const body = change(JSON.stringify(call));
  const told = (server: string): string => {
    const habits = SERVERS.find((each) => each.name === server);
    const [{ params } = { params: {} }] = taken(
      { headers: header === undefined ? [] : [header], body },
      habits ?? { name },
    );
    return `${String(at(params, "name"))} ${JSON.stringify(at(params, "arguments"))}`;
  };
  expect(told(name)).toBe(as);
  expect(told("takes the last of two members")).not.toBe(as);
  const sent = [["content-type", "application/json"], ["mcp-protocol-version", "2025-11-25"], header] as const;
  const headers = sent.filter((each) => each !== undefined);
  expect(await decided(worlds.all, { method: "POST", path: "/tools/payments", headers, body })).toBeUndefined();
});
