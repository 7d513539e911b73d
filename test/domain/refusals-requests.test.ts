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

describe("MCP tools and models", () => {
  const mcp = (...names: readonly string[]) =>
    Tool.mcp("pay", {
      url,
      clearance: "internal",
      schemaDigest: `sha256:${"0".repeat(64)}`,
      actions: Object.fromEntries(names.map((tool, index) => [`a${index}`, { tool }])),
    });
  const model = (...names: readonly string[]) =>
    Tool.model("llm", {
      url,
      clearance: "internal",
      actions: Object.fromEntries(names.map((name, index) => [`a${index}`, { model: name }])),
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
