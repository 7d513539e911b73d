import type { DecisionInput, PolicyDocument } from "../../../domain";
import { slice } from "../../../runtime/decision/cedar/slice";
import { examplePolicy, policyWith } from "../../support/decisions/policy";
import { at, request, requestLike } from "../../support/decisions/request";

const contextOf = (input: DecisionInput, policy: PolicyDocument = examplePolicy) => slice(input, policy, 7).context;

/** Without what every question has */
function specific(input: DecisionInput, policy?: PolicyDocument) {
  const {
    time,
    revision,
    revisionSeen,
    revocationKnown,
    runStartedAt,
    runExpiresAt,
    sessionStartedAt,
    sessionLastUsedAt,
    tokenExpiresAt,
    verified,
    agent,
    ...rest
  } = contextOf(input, policy);
  const always = {
    time,
    revision,
    revisionSeen,
    revocationKnown,
    runStartedAt,
    runExpiresAt,
    tokenExpiresAt,
    verified,
  };
  expect(Object.values({ ...always, sessionStartedAt, sessionLastUsedAt })).not.toContain(undefined);
  expect(agent).toBeDefined();
  return rest;
}

const USER = '["https://login.acme.example","ida"]';

test("a call is asked with what it names, and nothing else of what is declared", () => {
  expect(slice(request(), examplePolicy, 7)).toEqual({
    principal: { type: "Ambit::Agent", id: "spiffe://prod.acme.example/ns/support/sa/support-triage" },
    action: { type: "Ambit::Action", id: "call" },
    resource: { type: "Ambit::Task", id: "support-triage.answer" },
    context: {
      time: at(0),
      revision: 7,
      revisionSeen: 7,
      revocationKnown: true,
      runStartedAt: at(-120),
      runExpiresAt: at(780),
      sessionStartedAt: at(-3600),
      sessionLastUsedAt: at(-120),
      tokenExpiresAt: at(240),
      audience: "tool:zendesk",
      start: "user",
      verified: true,
      user: USER,
      mark: 0,
      agent: { expires: Date.UTC(2027, 5, 30) / 1000, idleSeconds: 1_800, totalSeconds: 28_800 },
      task: { startedBy: ["user"], ttlSeconds: 900, actions: ["zendesk.read"], data: ["tickets:read"] },
      tool: { destination: "acme.zendesk.com", clearance: 2, actsAsUser: true, high: false, outward: false },
      call: "zendesk.read",
      toolAudience: "tool:zendesk",
      calledAction: "read",
      scope: ["read"],
      destination: "acme.zendesk.com",
      touched: ["tickets:read"],
      highest: 2,
    },
  });
});

test("a token is asked for with what its audience opens", () => {
  expect(specific(requestLike("triage is issued a token for AWS"))).toEqual({
    audience: "aws",
    start: "user",
    user: USER,
    mark: 2,
    task: { startedBy: ["user"], ttlSeconds: 900, delegates: true, aws: true, audiences: [] },
    read: 2,
    written: 2,
  });
  expect(specific(requestLike("triage is issued a token for the ticket tool"))).toEqual({
    audience: "tool:zendesk",
    start: "user",
    user: USER,
    mark: 2,
    task: { startedBy: ["user"], ttlSeconds: 900, delegates: true, aws: true, audiences: ["tool:zendesk"] },
  });
});

describe("what is touched", () => {
  const touching = (data: readonly string[], writable: "public" | null = null) => {
    const { touched, highest, read, written } = specific(request({ call: { data }, session: { writable } }));
    return { touched, highest, read, written };
  };

  test("is what the request and the action say, each once", () => {
    expect(touching(["orders:write", "tickets:read"]).touched).toEqual(["orders:write", "tickets:read"]);
    expect(touching([]).touched).toEqual(["tickets:read"]);
  });

  test("has the highest rank of all, and the lowest of what is written", () => {
    expect(touching(["articles:write", "orders:delete"])).toMatchObject({ highest: 3, written: 1 });
    expect(touching(["articles:list"])).toMatchObject({ highest: 2, written: undefined });
  });

  test("has the highest rank that is read where a credential may write", () => {
    expect(touching(["articles:write"], "public")).toMatchObject({ highest: 2, read: 2, written: 1 });
    expect(touching(["orders:purge"], "public")).toMatchObject({ highest: 3, read: 3 });
  });

  test("is restricted for an unknown dataset, and read for a missing kind", () => {
    expect(touching(["no:such:write"])).toMatchObject({ highest: 3, written: 3 });
    expect(touching(["articles"], "public")).toMatchObject({ touched: ["articles", "tickets:read"], read: 2 });
    expect(touching(["toString"], "public")).toMatchObject({ highest: 3, read: 3 });
  });
});

test("budgets are told by the one that leaves least, and counted", () => {
  const input = requestLike("reader searches by itself");
  const keys = Object.keys(input.budgets);
  expect(keys.length).toBeGreaterThan(1);
  const spent = (each: number) => Object.fromEntries(keys.map((key) => [key, { spent: each, cost: 1 }]));
  const before = contextOf({ ...input, budgets: spent(0) })["budgets"] as { remaining: number };
  expect(contextOf({ ...input, budgets: spent(3) })["budgets"]).toEqual({
    counting: keys.length,
    known: keys.length,
    remaining: before.remaining - 3,
  });
  expect(contextOf({ ...input, budgets: {} })["budgets"]).toEqual({
    counting: keys.length,
    known: 0,
    remaining: Number.MAX_SAFE_INTEGER,
  });
});

test("an order is told by what must come first and what of it has", () => {
  const input = requestLike("clerk pays out");
  expect(contextOf(input)["order"]).toEqual({ first: ["session:payments.find"], done: ["session:payments.find"] });
  const undone = { ...input, done: { run: ["payments.find"], session: [] } };
  expect(contextOf(undone)["order"]).toEqual({ first: ["session:payments.find"], done: [] });
});

describe("a chain", () => {
  const input = requestLike("reader searches for researcher and triage");
  const [first, second] = input.chain;

  test("is told by its hops and the least that its declared edges allow", () => {
    expect(contextOf(input)["delegation"]).toEqual({
      hops: 2,
      declared: 2,
      expires: Date.UTC(2027, 4, 31) / 1000,
      spareDepth: 0,
      sensitivity: 0,
      ttlSeconds: 300,
    });
  });

  test("has fewer declared edges than hops where one is missing", () => {
    const turned = { ...input, chain: [second, first] as DecisionInput["chain"] };
    expect(contextOf(turned)["delegation"]).toMatchObject({
      hops: 2,
      declared: 0,
      spareDepth: Number.MAX_SAFE_INTEGER,
    });
  });

  test("names what all of the edges that have a limit allow", () => {
    const policy = policyWith(
      {
        "agents/support-triage/tasks/answer/delegates/researcher.lookup/actions": { "search.query": true },
        "agents/researcher/tasks/lookup/delegates/web-reader.fetch/actions": {},
      },
      "slice",
    );
    expect(contextOf(input, policy)["delegation"]).toMatchObject({ actions: [] });
    expect(contextOf({ ...input, chain: [first] as DecisionInput["chain"] }, policy)["delegation"]).not.toHaveProperty(
      "data",
    );
  });
});

describe("where the agent is unknown", () => {
  const { agent, task, tool, approver, delegation, call } = contextOf({
    ...requestLike("reader searches for researcher and triage"),
    agent: { name: "web-reader", spiffeId: "toString" },
  });

  test("nothing that is declared is told", () => {
    expect({ agent, task, tool, approver, delegation }).toEqual({});
    expect(call).toBe("search.query");
  });
});

test("a document that lacks something never allows more", () => {
  const lacking = (path: string, base = "triage reads a ticket") => {
    const policy = structuredClone(examplePolicy) as PolicyDocument;
    const keys = path.replace("@", "spiffe://prod.acme.example/ns/support/sa/support-triage").split("|");
    let node = policy as unknown as Record<string, never>;
    for (const key of keys.slice(0, -1)) node = node[key] as never;
    delete node[keys.at(-1) as string];
    return contextOf(requestLike(base), policy);
  };
  expect(lacking("agents|@|suspended")["suspended"]).toBe(true);
  expect(lacking("intentRequired")["intentRequired"]).toBe(true);
  expect(lacking("tools|zendesk|actions|read|high")["tool"]).toMatchObject({ high: true });
  expect(lacking("tools|zendesk|actions|read|outward")["tool"]).toMatchObject({ outward: true });
  for (const path of [
    "tools|zendesk|actions|read|touches",
    "agents|@|tasks|answer|approvalGroup",
    "agents|@|tasks|answer|orders",
  ]) {
    expect(() => lacking(path)).toThrow(TypeError);
  }
  expect(() => lacking("agents|@|tasks|answer|aws", "triage is issued a token for AWS")).toThrow(TypeError);
});
