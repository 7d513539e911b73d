import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { Denial } from "../../../../runtime/authorizer/denial";
import { McpMessages } from "../../../../runtime/authorizer/mcp/mcp-messages";
import { Recogniser } from "../../../../runtime/authorizer/request/recogniser";
import type { FleetTool } from "../../../../runtime/registry/registry";
import { draws } from "../../../support/depth";
import { decoded, type Habits, type PlainAction, type SentRequest, taken } from "./plain-server";

const text = { type: "string", maxLength: 40 };
const object = (properties: object) => ({ type: "object", additionalProperties: false, properties });
const DECLARED = {
  read: { method: "GET", path: "/tickets/{id}" },
  latest: { method: "GET", path: "/tickets/latest" },
  find: { method: "GET", path: "/tickets", query: object({ q: text, page: text }) },
  write: { method: "PUT", path: "/tickets/{id}", body: object({ text, urgent: { type: "boolean" } }) },
  close: { method: "POST", path: "/tickets/{id}/close", body: object({ text }) },
  admin: { method: "POST", path: "/admin/{id}" },
  root: { method: "GET", path: "/" },
} as const;
const TOOL = {
  name: "desk",
  kind: "http",
  actions: Object.fromEntries(Object.entries(DECLARED).map(([name, match]) => [name, { match }])),
} as unknown as FleetTool;
const ACTIONS: readonly PlainAction[] = Object.entries(DECLARED).map(([name, { method, path }]) => ({
  name,
  method,
  path,
}));

/** Ways in which servers, proxies and frameworks read one request differently */
const SERVERS: readonly Habits[] = [
  { name: "reads it as it is written" },
  { name: "decodes before it routes", path: (path) => decoded(path) ?? path, decodes: 0 },
  { name: "decodes twice", decodes: 2 },
  { name: "routes without regard to case", foldsPath: true },
  { name: "takes several slashes for one", path: (path) => path.replace(/\/+/g, "/") },
  { name: "resolves dot segments", path: (path) => resolved(path) },
  { name: "decodes, then resolves dot segments", path: (path) => resolved(decoded(path) ?? path), decodes: 0 },
  { name: "takes path parameters off", path: (path) => path.replace(/;[^/]*/g, "") },
  { name: "takes a backslash for a slash", path: (path) => path.replaceAll("\\", "/") },
  { name: "ignores a slash at the end", path: (path) => path.replace(/(?<=.)\/+$/, "") },
  { name: "ends a path at a null", path: (path) => path.split(/%00/)[0] as string },
  { name: "takes the first of two parameters", twice: "first" },
  { name: "takes members without regard to case", member: (name) => name.toLowerCase() },
  { name: "takes members as compatibility characters", member: (name) => name.normalize("NFKC") },
  ...["x-http-method-override", "x-http-method", "x-method-override", "x-original-url", "x-rewrite-url"].map(
    (override) => ({ name: `believes ${override}`, override }),
  ),
];

/** As RFC 3986, 5.2.4, encoded dots too */
function resolved(path: string): string {
  const kept: string[] = [];
  for (const part of path.split("/").slice(1)) {
    const plain = part.replace(/%2e/gi, ".");
    if (plain === "..") kept.pop();
    else if (plain !== ".") kept.push(part);
  }
  return `/${kept.join("/")}`;
}

const segment = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("tickets", "7", "latest", "close", "admin") },
  fc.constantFrom(
    ...["Tickets", "LATEST", "%6catest", "a%20b", "a+b", "%2e%2e", "..", ".", "%2e", "", "latest;x", ";", "%3b", "%2F"],
    ...["latest%2Fx", "\\", "%5c", "%00", "latest%00", "%ff", "%c3%a9", "%2525", "%25", "a%0d%0ab", "é", "~", "x"],
  ),
  fc.string({ maxLength: 2 }),
);
const queries = fc.oneof(
  { weight: 4, arbitrary: fc.constant("") },
  fc
    .array(
      fc
        .tuple(
          fc.constantFrom("q", "page", "Q", "%71", "id", "text"),
          fc.constantFrom("=a", "=%20", "=+", "", "=", "=%26q=b"),
        )
        .map((pair) => pair.join("")),
      { maxLength: 3 },
    )
    .map((pairs) => `?${pairs.join("&")}`),
);
const members = fc.constantFrom(
  ...[
    '"text":"a"',
    '"text":"b"',
    '"Text":"c"',
    '"urgent":true',
    '"ur\\u0067ent":false',
    '"ｔext":"d"',
    '"id":"8"',
    '"x":1e400',
  ],
);
const bodies = fc.oneof(
  { weight: 2, arbitrary: fc.constant("") },
  fc.array(members, { maxLength: 3 }).map((list) => `{${list.join(",")}}`),
  fc.constantFrom("[]", "null", "{", "\ufeff{}", ' {"text":"\\ud800"} ', '{"text":{"a":[[]]}}'),
);
const headers = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.constant(["content-type", "application/json"] as const) },
    fc.constantFrom(
      ["x-http-method-override", "POST"] as const,
      ["x-method-override", "PUT"] as const,
      ["x-original-url", "/admin/7"] as const,
      ["x-rewrite-url", "/tickets/latest"] as const,
      ["content-type", "application/x-www-form-urlencoded"] as const,
      ["content-encoding", "gzip"] as const,
    ),
  ),
  { maxLength: 2 },
);
const JSON_TYPE = ["content-type", "application/json"] as const;
const declared: readonly SentRequest[] = [
  ["GET", "/tickets/7", ""],
  ["GET", "/tickets/latest", ""],
  ["GET", "/tickets?q=a&page=2", ""],
  ["PUT", "/tickets/7", '{"text":"a","urgent":true}'],
  ["POST", "/tickets/7/close", '{"text":"a"}'],
  ["POST", "/admin/7", ""],
  ["GET", "/", ""],
].map(([method = "", path = "", body = ""]) => ({ method, path, body, headers: [JSON_TYPE] }));

/** A declared request, of which one or two things are changed */
const requests: fc.Arbitrary<SentRequest> = fc
  .tuple(
    fc.constantFrom(...declared),
    fc.array(
      fc.oneof(
        {
          weight: 4,
          arbitrary: fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 1 }), segment).map((change) => ({ change })),
        },
        fc.constantFrom("/", "//").map((end) => ({ end })),
        queries.map((query) => ({ query })),
        bodies.map((body) => ({ body })),
        headers.map((list) => ({ headers: list })),
        fc.constantFrom("GET", "PUT", "POST", "get", "DELETE").map((method) => ({ method })),
      ),
      { maxLength: 2 },
    ),
  )
  .map(([base, changes]) => changes.reduce(changed, base));

type Change = Partial<SentRequest> & {
  readonly change?: readonly [at: number, instead: number, piece: string];
  readonly end?: string;
  readonly query?: string;
};

function changed(request: SentRequest, { change, end, query, ...rest }: Change): SentRequest {
  const [path = "", ...had] = request.path.split("?");
  const segments = path === "/" ? [] : path.slice(1).split("/");
  if (change !== undefined) segments.splice(change[0], change[1], change[2]);
  const behind = query ?? had.map((text) => `?${text}`).join("");
  return { ...request, ...rest, path: `/${segments.join("/")}${end ?? ""}${behind}` };
}

const recogniser = new Recogniser(new McpMessages(() => 0));
const CALLER = {
  claims: { client_id: "clerk", run: "r", sid: "s", sub_id: { format: "uri", uri: "a" } as const },
  isGranted: () => true,
};

/** What the authorizer takes it for; undefined where it refuses. All but a Denial is an error. */
function recognised({ method, path, headers: list, body }: SentRequest) {
  try {
    const request = { method, path: `/tools/desk${path}`, headers: list, body: Buffer.from(body) };
    return recogniser.recognise(TOOL, { ...request, certificate: "", tool: "desk", destination: "" }, CALLER);
  } catch (error) {
    if (error instanceof Denial) return undefined;
    throw error;
  }
}

test("every server reads an allowed request as the same action with the same arguments; every other request ends in a Denial", () => {
  let allowed = 0;
  fc.assert(
    fc.property(requests, (request) => {
      const call = recognised(request);
      if (call === undefined) return;
      allowed += 1;
      for (const server of SERVERS) {
        const other = taken(ACTIONS, request, server);
        if (other !== undefined && !isDeepStrictEqual(other, call))
          throw new Error(`${server.name}: ${shown(other)}, not ${shown(call)}`);
      }
    }),
    draws(20_000, 1_000),
  );
  expect(allowed).toBeGreaterThan(100);
});

/** So that the oracle is not blind: what some server takes for another request than the first server does */
test.each([
  ["decodes before it routes", "GET", "/tickets/%6catest", "", "latest"],
  ["decodes twice", "GET", "/tickets/%2541", "", 'read {"id":"A"}'],
  ["routes without regard to case", "GET", "/Tickets/LATEST", "", "latest"],
  ["takes several slashes for one", "GET", "//tickets//7", "", 'read {"id":"7"}'],
  ["resolves dot segments", "GET", "/x/../tickets/7", "", 'read {"id":"7"}'],
  ["decodes, then resolves dot segments", "GET", "/x%2F..%2Ftickets/7", "", 'read {"id":"7"}'],
  ["takes path parameters off", "GET", "/tickets/latest;x", "", "latest"],
  ["takes a backslash for a slash", "GET", "/tickets\\latest", "", "latest"],
  ["ignores a slash at the end", "GET", "/tickets/7/", "", 'read {"id":"7"}'],
  ["ends a path at a null", "GET", "/tickets/latest%00.css", "", "latest"],
  ["takes the first of two parameters", "GET", "/tickets?q=a&q=b", "", 'find {"q":"a"}'],
  [
    "takes members without regard to case",
    "PUT",
    "/tickets/7",
    '{"text":"a","Text":"b"}',
    'write {"text":"b","id":"7"}',
  ],
  ["takes members as compatibility characters", "PUT", "/tickets/7", '{"ｔext":"b"}', 'write {"text":"b","id":"7"}'],
  ["believes x-http-method-override", "GET", "/admin/7", "", 'admin {"id":"7"}'],
  ["believes x-original-url", "GET", "/tickets/7", "", 'read {"id":"8"}'],
])("a server that %s reads %s %s as another request, and the authorizer refuses it", (name, method, path, body, as) => {
  const overrides = [
    ["x-http-method-override", "POST"],
    ["x-original-url", "/tickets/8"],
  ] as const;
  const habits = SERVERS.find((server) => server.name === name) as Habits;
  const used = overrides.filter(([header]) => header === habits.override);
  const request = { method, path, body, headers: [JSON_TYPE, ...used] };
  const told = (of: Habits) => {
    const { action, arguments: args } = taken(ACTIONS, request, of) ?? { action: "none", arguments: {} };
    return Object.keys(args).length === 0 ? action : `${action} ${JSON.stringify(args)}`;
  };
  expect(told(habits)).toBe(as);
  expect(told(SERVERS[0] as Habits)).not.toBe(as);
  expect(recognised(request)).toBeUndefined();
});

test("what an agent of A2A pushes is taken at actions that a way in names as its pushes alone", () => {
  const sent = (tool: FleetTool, type: string, path = "/tickets/7/close"): unknown => {
    const headers = [["content-type", type]] as const;
    const request = { method: "POST", path: `/tools/desk${path}`, headers, body: Buffer.from('{"text":"a"}') };
    return recogniser.recognise(tool, { ...request, certificate: "", tool: "desk", destination: "" }, CALLER).action;
  };
  const pushed = { ...TOOL, pushed: new Set(["close"]) };
  for (const type of ["application/a2a+json", "application/json"]) expect(sent(pushed, type)).toBe("close");
  expect(sent(TOOL, "application/json")).toBe("close");
  for (const other of [TOOL, { ...TOOL, pushed: new Set(["write"]) }]) {
    expect(() => sent(other, "application/a2a+json")).toThrow("call.content-type");
  }
});

const shown = JSON.stringify;
