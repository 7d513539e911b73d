import { classic, initialize, McpWorld, modern, OLD, result, type Sent } from "../../../support/mcp-world";

const CALL = { name: "find_order", arguments: { id: 7 } };
const headersOf = (sent: Pick<Sent, "headers">, ...more: NonNullable<Sent["headers"]>) => [
  ...(sent.headers ?? []),
  ...more,
];
const FOUND = 'find {"id":7}';
const call = modern("tools/call", CALL);
const old = classic("tools/call", CALL);

describe("a session of 2025-11-25", () => {
  const opened = {
    status: 200,
    headers: [["mcp-session-id", "abc"]] as const,
    body: result({ protocolVersion: OLD, capabilities: {} }),
  };
  const inSession = (more: Partial<Sent> = {}): Sent => ({
    ...old,
    headers: headersOf(old, ["mcp-session-id", "abc"]),
    ...more,
  });
  const LOST = "404 -32003 mcp.session id=1: the session is not known as the agent's, for this user and tool";

  test("belongs to the agent that opened it, for the session of its user", () => {
    const world = new McpWorld();
    expect(world.told(inSession())).toBe(LOST);
    world.answered(initialize(), opened);
    expect(world.told(inSession())).toBe(FOUND);
    expect(world.told(inSession({ agent: "other" }))).toBe(LOST);
    expect(world.told(inSession({ sid: "other" }))).toBe(LOST);
  });

  test("says the revision where the header does not", () => {
    const world = new McpWorld();
    world.answered(initialize(), opened);
    expect(world.told({ body: old.body, headers: [["mcp-session-id", "abc"]] })).toBe(FOUND);
    expect(world.told({ method: "GET", headers: [["mcp-session-id", "abc"]] })).toBe("mcp:stream {}");
    expect(world.told({ method: "DELETE", headers: [["mcp-session-id", "abc"]] })).toBe("mcp:end-session {}");
  });

  test("has a stream that goes on behind an event; no other request names one", () => {
    const world = new McpWorld();
    world.answered(initialize(), opened);
    const resumed = [
      ["mcp-session-id", "abc"],
      ["last-event-id", "7"],
    ] as const;
    expect(world.recognised({ method: "GET", headers: resumed }).passes).toContain("last-event-id");
    expect(world.recognised({ method: "DELETE", headers: resumed }).passes).not.toContain("last-event-id");
    expect(world.recognised({ ...old, headers: headersOf(old, ...resumed) }).passes).not.toContain("last-event-id");
  });

  test("is over where the server does not know it any more", () => {
    const world = new McpWorld();
    world.answered(initialize(), opened);
    world.answered(inSession(), { status: 404, body: "" });
    expect(world.told(inSession())).toBe(LOST);
  });

  test("fails to open where the server speaks an older revision", () => {
    const { body } = new McpWorld().answered(initialize(), {
      body: result({ protocolVersion: "2025-06-18", capabilities: {} }),
    });
    expect(JSON.parse(body)).toMatchObject({
      error: { code: -32603, message: 'the server speaks MCP "2025-06-18", which is not served' },
    });
  });

  test("of more than 64 that one agent opens, its first is forgotten, and no other agent's", () => {
    const world = new McpWorld();
    world.answered(initialize(), opened);
    for (let each = 0; each < 64; each += 1) {
      world.answered({ ...initialize(), agent: "other" }, { ...opened, headers: [["mcp-session-id", `o${each}`]] });
    }
    expect(world.told(inSession())).toBe(FOUND);
    for (let each = 0; each < 64; each += 1)
      world.answered(initialize(), { ...opened, headers: [["mcp-session-id", `m${each}`]] });
    expect(world.told(inSession())).toBe(LOST);
  });
});

describe("a question back (2026-07-28)", () => {
  const asking = result({
    resultType: "input_required",
    requestState: "st",
    inputRequests: { a: { method: "elicitation/create", params: {} } },
  });
  const again = (more: object = {}) =>
    modern("tools/call", { ...CALL, requestState: "st", inputResponses: { a: { action: "accept" } }, ...more });
  const REFUSED =
    "400 -32602 mcp.state id=1: the requestState is not one that the server gave for this very call, or it was used";

  test("its state is good once, and the answers are part of what is decided on", () => {
    const world = new McpWorld().with("elicitation");
    world.answered(call, { body: asking });
    const recognised = world.recognised(again());
    expect(recognised.arguments).toEqual({ id: 7, "params.inputResponses": { a: { action: "accept" } } });
    recognised.goesOut?.();
    expect(world.told(again())).toBe(REFUSED);
    expect(() => recognised.goesOut?.()).toThrow("mcp.state");
  });

  test.each([
    ["another argument", { arguments: { id: 8 } }, {}],
    ["another state", { requestState: "other" }, {}],
    ["another run", {}, { run: "other" }],
    ["another agent", {}, { agent: "other" }],
  ])("fails with %s, and the state is good still", (_, params, by) => {
    const world = new McpWorld().with("elicitation");
    world.answered(call, { body: asking });
    expect(world.told({ ...again(params), ...by })).toBe(REFUSED);
    expect(world.told(again())).toContain("find");
  });

  test("without a state is answered once, and fails with the text of the request as its state", () => {
    const world = new McpWorld().with("elicitation");
    const inputRequests = { a: { method: "elicitation/create", params: {} } };
    world.answered(call, { body: result({ resultType: "input_required", inputRequests }) });
    const request = JSON.stringify([JSON.stringify(["clerk", "s", "payments"]), "r", "payments", "find", { id: 7 }]);
    expect(world.told(again({ requestState: request }))).toBe(REFUSED);
    const answers = modern("tools/call", { ...CALL, inputResponses: { a: { action: "accept" } } });
    world.recognised(answers).goesOut?.();
    expect(world.told(answers)).toBe(REFUSED);
  });

  const askedBack = (world: McpWorld, requestState: string, by: Partial<Sent> = {}) =>
    world.answered(
      { ...call, ...by },
      { body: result({ resultType: "input_required", requestState, inputRequests: {} }) },
    );

  test("is forgotten where its agent is given 64 others, and stays where another agent is", () => {
    const world = new McpWorld().with("elicitation");
    askedBack(world, "st");
    for (let each = 0; each < 65; each += 1) askedBack(world, `o${each}`, { agent: "other" });
    expect(world.told(again())).toContain("find");
    expect(world.told({ ...again({ requestState: "o0" }), agent: "other" })).toBe(REFUSED);
    expect(world.told({ ...again({ requestState: "o1" }), agent: "other" })).toContain("find");
  });

  test("is answered once by each agent, and once for each call, where the server gives all of them the same state", () => {
    const world = new McpWorld().with("elicitation");
    const eighth = modern("tools/call", { ...CALL, arguments: { id: 8 } });
    askedBack(world, "st");
    askedBack(world, "st", eighth);
    askedBack(world, "st", { agent: "other" });
    const all = [again(), again({ arguments: { id: 8 } }), { ...again(), agent: "other" }];
    for (const sent of all) world.recognised(sent).goesOut?.();
    expect(all.map((sent) => world.told(sent))).toEqual([REFUSED, REFUSED, REFUSED]);
  });

  test("fails after ten minutes", () => {
    const world = new McpWorld().with("elicitation");
    world.answered(call, { body: asking });
    world.now += 600;
    expect(world.told(again())).toBe(REFUSED);
  });

  test("fails where it asks for what is not declared: the agent gets the refusal in its place", () => {
    const { body, outcome } = new McpWorld().answered(call, { body: asking });
    expect(JSON.parse(body)).toMatchObject({
      id: 1,
      error: { message: 'the server asks for "elicitation/create", which is not declared' },
    });
    expect(outcome).toBe("unknown");
  });
});
