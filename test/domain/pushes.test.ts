import { Fleet, fixedClock, registryOf, Serve, Tool, TrustDomain } from "../../domain";
import { pushedTo } from "../../domain/pushes";
import type { HttpAction } from "../../domain/tool-props";
import { agentOf, fails, untyped } from "../support/domain";

const WHERE = 'way in "a2a"';
const SKILL = { name: "Look", description: "Looks things up", tags: ["look"] };
const body = { type: "object" } as const;

const toolWith = (notify: Partial<HttpAction> = {}, props: object = {}) =>
  Tool.http("callbacks", {
    url: "https://callbacks.acme.example/base/",
    clearance: "confidential",
    actsAs: { service: "robot" },
    ...props,
    actions: {
      notify: { method: "POST", path: "/v1/pushes", body, ...notify },
      other: { method: "POST", path: "/v1/others", body },
    },
  });
const callbacks = toolWith();
const search = Tool.mcp("search", {
  url: "https://search.acme.example",
  clearance: "public",
  actions: { find: { tool: "find", readOnly: true, pin: `sha256:${"0".repeat(64)}` } },
});

const way = (pushes?: unknown) =>
  Serve.a2a<string>(
    untyped({
      port: 8_080,
      sensitivity: "public",
      clearance: "internal",
      card: { version: "1.0.0", skills: { look: SKILL, find: SKILL } },
      ...(pushes !== undefined && { pushes }),
    }),
  );
const to = (grant: unknown) => () => way({ to: grant });
const agent = (pushes: unknown, find: unknown, look: unknown = find) =>
  agentOf(
    untyped({
      serves: way(pushes),
      tasks: { look: { startedBy: "delegation", tools: look }, find: { startedBy: "delegation", tools: find } },
    }),
  );

test("none are offered by default", () => {
  expect(way().facts.pushes).toBeUndefined();
});

test("they go to the address of the action, at its tool", () => {
  const { pushes } = way({ to: callbacks.allow("notify") }).facts;
  expect(pushes && pushedTo(pushes)).toEqual({
    url: "https://callbacks.acme.example/base/v1/pushes",
    tool: "callbacks",
    path: "/v1/pushes",
  });
});

test("the registry names the call as which they go out, and nothing where there is none", () => {
  const facts = {
    trustDomain: TrustDomain.of("prod.acme.example", "test"),
    clock: fixedClock("2026-08-01"),
    domains: ["acme.example"],
    trust: { issuers: [], starters: [] },
  };
  const pushesOf = (pushes: unknown) => {
    const declared = agent(pushes, [callbacks.allow("notify", "other")]);
    return registryOf(Fleet.of({ declaration: declared }), facts).agents[declared.name]?.serves?.["a2a"]?.pushes;
  };
  expect(pushesOf({ to: callbacks.allow("notify") })).toEqual({ tool: "callbacks", action: "notify" });
  expect(pushesOf(undefined)).toBeUndefined();
});

describe("pushes", () => {
  const refused = (when: string, act: () => unknown, sentence: string): void =>
    fails(when, act, "serving.push", `${WHERE}: ${sentence}`);
  const SUCH = 'callbacks.allow("notify")';

  refused("they are an address", () => way("https://x"), `pushes must be such as { to: ${SUCH} }, got "https://x"`);
  fails(
    "they say more than where",
    () => way({ to: callbacks.allow("notify"), token: "t" }),
    "property.unknown",
    `${WHERE} pushes: has no property "token": it takes to`,
  );
  fails(
    "the call is made by hand",
    to({ ...callbacks.allow("notify") }),
    "value.foreign",
    `${WHERE}: pushes.to holds a value that was made by hand or by another copy of the package: write one such as ${SUCH}`,
  );
  refused(
    "they go to two addresses",
    to(callbacks.allow("notify", "other")),
    `pushes.to must be one action, got callbacks.notify, callbacks.other: write one such as ${SUCH}`,
  );
  refused(
    "the call is of an MCP server",
    to(search.allow("find")),
    "pushes.to must be an action of an HTTP tool, got one of kind mcp of search.find: declare it by Tool.http",
  );
  refused(
    "it is no POST",
    to(toolWith({ method: "PUT" }).allow("notify")),
    "pushes.to must be a POST, got PUT of callbacks.notify: agents push by POST alone",
  );
  refused(
    "it has many addresses",
    to(toolWith({ path: "/v1/pushes/{id}" }).allow("notify")),
    "pushes.to must have one address, got /v1/pushes/{id} of callbacks.notify: declare an action whose path has no parameter",
  );
  refused(
    "it takes a query",
    to(toolWith({ query: { type: "object" } }).allow("notify")),
    "pushes.to must take no query, got a query of callbacks.notify: the address that callers name has none",
  );
  refused(
    "it takes no body",
    to(toolWith({ body: undefined as never }).allow("notify")),
    "pushes.to must take a body, got none of callbacks.notify: declare a schema of what is pushed as its body",
  );
  refused(
    "it is bound to a claim",
    to(
      toolWith(
        {
          body: {
            type: "object",
            additionalProperties: false,
            properties: { author: { type: "string" } },
            required: ["author"],
          },
        },
        { actsAs: { service: "robot", bind: { author: "sub" } } },
      ).allow("notify"),
    ),
    "pushes.to must be bound to no claim, got actsAs.bind.author of callbacks.notify: what is pushed has no such parameter; leave it out",
  );

  const mayNot = (task: string): string =>
    `agent "triage": ${WHERE} pushes to callbacks.notify, which task "${task}" may not call: grant it in the task's tools, or take pushes out of the way in`;
  for (const [when, granted] of [
    ["calls nothing", []],
    ["calls another action of the tool", [callbacks.allow("other")]],
    ["calls another tool of this name", [toolWith().allow("notify")]],
  ] as const) {
    fails(
      `a task that is served ${when}`,
      () => agent({ to: callbacks.allow("notify") }, granted, [callbacks.allow("notify")]),
      "serving.push",
      mayNot("find"),
    );
  }
});
