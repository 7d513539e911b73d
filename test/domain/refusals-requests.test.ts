import { Tool, type HttpAction } from "../../domain";
import { fails, httpTool } from "../support/domain";

type Actions = Readonly<Record<string, HttpAction>>;
const url = "https://tool.acme.example";
const text = { type: "object", properties: { text: { type: "string" } } } as const;

describe("HTTP actions", () => {
  const FIX = "tell them apart by a body schema in each, or remove one of them";
  const refused = (when: string, actions: Actions, text: string) =>
    fails(when, () => httpTool("crm", { actions }), "action.duplicate", `tool "crm" action "put": ${text}: ${FIX}`);
  refused(
    "two have one method and path",
    { get: { method: "GET", path: "/a" }, put: { method: "GET", path: "/a" } },
    'it is recognised by GET /a, as "get" is by GET /a',
  );
  refused(
    "paths differ by the names of their parameters",
    { get: { method: "GET", path: "/a/{x}/b/{y}" }, put: { method: "GET", path: "/a/{y}/b/{z}" } },
    'it is recognised by GET /a/{y}/b/{z}, as "get" is by GET /a/{x}/b/{y}',
  );
  refused(
    "only the first has a body",
    { get: { method: "PUT", path: "/a", body: text }, put: { method: "PUT", path: "/a" } },
    'it is recognised by PUT /a, as "get" is by PUT /a',
  );
  refused(
    "only the second has a body",
    { get: { method: "PUT", path: "/a" }, put: { method: "PUT", path: "/a", body: text } },
    'it is recognised by PUT /a, as "get" is by PUT /a',
  );
  refused(
    "bodies are the same, in another order",
    {
      get: { method: "PUT", path: "/a", body: { type: "object", required: ["a"] } },
      put: { method: "PUT", path: "/a", body: { required: ["a"], type: "object" } },
    },
    'it is recognised by PUT /a, as "get" is by PUT /a',
  );
  refused(
    "another action stands between the two",
    { get: { method: "GET", path: "/a" }, list: { method: "GET", path: "/" }, put: { method: "GET", path: "/a" } },
    'it is recognised by GET /a, as "get" is by GET /a',
  );

  const apart: readonly [string, Actions][] = [
    ["two methods at one path", { get: { method: "GET", path: "/a" }, put: { method: "PUT", path: "/a" } }],
    ["two paths", { get: { method: "GET", path: "/a/{x}" }, put: { method: "GET", path: "/b/{x}" } }],
    ["a parameter and a word", { get: { method: "GET", path: "/a/{x}" }, put: { method: "GET", path: "/a/x" } }],
    [
      "two bodies",
      {
        get: { method: "PUT", path: "/a/{x}", body: text },
        put: { method: "PUT", path: "/a/{y}", body: { type: "object", required: ["note"] } },
      },
    ],
  ];
  test.each(apart)("accepts %s", (_what, actions) => expect(httpTool("crm", { actions }).actions.size).toBe(2));
});

describe("parameters of an HTTP action", () => {
  const named = (...names: readonly string[]) => ({
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(names.map((name) => [name, { type: "string" }])),
  });
  const put = { method: "PUT", path: "/a/{id}" } as const;
  const twice = (name: string): string =>
    `tool "crm" action "put": path, query and body must name different parameters, got "${name}" in two of them: ` +
    "rename one, in the path as you like";
  const collisions: readonly [string, HttpAction, string][] = [
    ["path and query", { ...put, query: named("q", "id") }, "id"],
    ["path and body", { ...put, body: named("id") }, "id"],
    ["query and body", { ...put, query: named("q"), body: named("text", "q") }, "q"],
  ];
  for (const [places, action, name] of collisions) {
    const refused = () => httpTool("crm", { actions: { put: action } });
    fails(`${places} name one parameter`, refused, "action.malformed", twice(name));
  }
  test("accepts one name in each place", () => {
    const action = { ...put, query: named("q"), body: named("text") };
    expect(httpTool("crm", { actions: { put: action } }).actions.size).toBe(1);
  });

  const bound = (action: HttpAction) => () =>
    httpTool("crm", { actsAs: { service: "crm", bind: { author: "act.sub" } }, actions: { put: action } });
  const uncarried: readonly [string, HttpAction][] = [
    ["neither path, query nor body has", put],
    ["the schemas of query and body exclude", { ...put, query: named("q"), body: named("text") }],
  ];
  for (const [what, action] of uncarried) {
    fails(
      `a parameter is bound that ${what}`,
      bound(action),
      "bind.unknown",
      'tool "crm" action "put": actsAs.bind names "author", and no request of it can carry that: ' +
        "name it in the path, in query or in body, or declare the action at a tool with another identity",
    );
  }
  test.each<[string, HttpAction]>([
    ["path", { ...put, path: "/a/{author}" }],
    ["query", { ...put, query: named("author") }],
    ["body", { ...put, body: named("author", "text") }],
    ["body, which takes any member", { ...put, body: { type: "object" } }],
    ["body, by a pattern", { ...put, body: { ...named("text"), patternProperties: { "^a": {} } } }],
  ])("accepts a bound parameter in the %s", (_, action) => expect(bound(action)().actions.size).toBe(1));
});

describe("overlapping path templates", () => {
  const get = (path: HttpAction["path"]) => ({ method: "GET", path }) as const;
  fails(
    "neither of two templates is the more exact one",
    () => httpTool("crm", { actions: { get: get("/{a}/notes"), put: get("/tickets/{b}") } }),
    "action.duplicate",
    'tool "crm" action "put": GET /tickets/{b} and GET /{a}/notes of "get" fit the same paths, and neither is the ' +
      "more exact one: rename a segment, or remove one of them",
  );
  test.each([
    ["/a/{x}/{y}", "/a/b/{y}"],
    ["/a/{x}", "/a/{x}/{y}"],
    ["/a/{x}/c", "/b/{x}/{y}"],
  ] as const)("accepts %s beside %s", (one, other) => {
    expect(httpTool("crm", { actions: { get: get(one), put: get(other) } }).actions.size).toBe(2);
  });
});

describe("a tool's address", () => {
  const at = (host: string, privateAddress?: { readonly reason: string }) => () =>
    httpTool("crm", { url: `https://${host}`, ...(privateAddress && { privateAddress }) });
  const reason = { reason: "the CRM is in our data centre" };
  for (const host of ["10.1.2.3", "[fd00::1]", "crm", "crm.acme.internal", "crm.apps.svc", "100.64.0.1"]) {
    fails(
      `${host} is private and does not say so`,
      at(host),
      "destination.private",
      `tool "crm": url is on a private network, got "${host}": declare privateAddress: { reason: "…" }`,
    );
    test(`accepts ${host} with a reason`, () => expect(at(host, reason)().privateAddress).toEqual(reason));
  }
  for (const host of ["127.0.0.1", "localhost", "169.254.169.254", "[::1]", "[fd00:ec2::254]", "[::ffff:a00:1]"]) {
    fails(
      `${host} is of no network, also with privateAddress`,
      at(host, reason),
      "destination.private",
      `tool "crm": url must not be loopback, link-local or reserved, got "${host}": write the host's own name or address`,
    );
  }
  fails(
    "there is no reason",
    at("crm.acme.internal", { reason: "" }),
    "destination.private",
    'tool "crm": privateAddress.reason must be a non-empty string, got ""',
  );
});

describe("MCP tools and models", () => {
  const mcp = (...names: readonly string[]) =>
    Tool.mcp("pay", {
      url,
      clearance: "internal",
      actions: Object.fromEntries(names.map((tool, index) => [`a${index}`, { tool, pin: `sha256:${"0".repeat(64)}` }])),
    });
  const model = (...names: readonly string[]) =>
    Tool.model("llm", {
      api: "anthropic.messages",
      url,
      clearance: "internal",
      actions: Object.fromEntries(names.map((name, index) => [`a${index}`, { model: name, maxOutputTokens: 1_024 }])),
    });
  fails(
    "two actions are one MCP tool",
    () => mcp("find", "refund", "find"),
    "action.duplicate",
    'tool "pay" action "a2": it is recognised by tool "find", as "a0" is by tool "find": remove one of them',
  );
  fails(
    "two actions are one model",
    () => model("m-1", "m-1"),
    "action.duplicate",
    'tool "llm" action "a1": it is recognised by model "m-1", as "a0" is by model "m-1": remove one of them',
  );
  test("accepts names that differ", () => {
    expect([mcp("find", "Find", "find_{a}", "find_{b}").actions.size, model("m-1", "m-2").actions.size]).toEqual([
      4, 2,
    ]);
  });
});
