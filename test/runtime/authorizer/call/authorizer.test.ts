import { requestDigest } from "../../../../runtime/approval/digest";
import type { Denial } from "../../../../runtime/authorizer/denial";
import { AuthorizerWorld, CLERK, CRM, NOW } from "../../../support/authorizer-world";

test("the first call of a token takes two round trips, and each later one takes one", async () => {
  const world = new AuthorizerWorld();
  expect(await world.told()).toBe('allowed read {"authorization":"Bearer robot"}');
  expect(world.asked.map((spend) => spend?.versions)).toEqual([undefined, [1]]);
  expect(await world.told()).toContain("allowed");
  expect(world.asked.map((spend) => spend?.versions)).toEqual([undefined, [1], [1]]);
});

test("a call goes out where the exchange cannot tell what is known behind it, and the next one asks anew", async () => {
  const world = new AuthorizerWorld();
  world.tells = false;
  expect(await world.told()).toContain("allowed");
  expect(await world.told()).toContain("allowed");
  expect(world.asked.map((spend) => spend?.versions)).toEqual([undefined, [1], undefined, [1]]);
});

test("a call is decided on the present time and the exact request", async () => {
  const world = new AuthorizerWorld();
  await world.told(world.post("/notes", { text: "a" }));
  const [input] = world.decided;
  const chain: [] = [];
  const user = { issuer: "https://login.example", subject: "alice" };
  const call = { tool: "crm", action: "note", destination: "crm.acme.example" };
  const digest = requestDigest({ agent: CLERK, chain, user, task: "work", ...call, arguments: { text: "a" } });
  expect(input).toMatchObject({
    time: NOW,
    call: { ...call, data: [] },
    requestDigest: digest,
    token: { expiresAt: NOW + 300 },
    budgets: { "run:calls:crm.note": { spent: 0, cost: 1 } },
    intent: null,
  });
  expect(world.asked.at(-1)).toMatchObject({ requestDigest: digest, untrusted: true, revision: 7 });
});

test("a call is decided anew where its session has changed, and does not go out on the old decision", async () => {
  const world = new AuthorizerWorld();
  await world.told();
  world.version = 2;
  world.refusing = ({ session }) => (session.mark === "restricted" ? ["mark.above-clearance"] : []);
  expect(await world.told()).toBe("access_denied mark.above-clearance");
});

test("fails after eight attempts where the session changes at each of them", async () => {
  const world = new AuthorizerWorld();
  world.before = () => void (world.version += 1);
  expect(await world.told()).toBe("temporarily_unavailable store.conflict");
  expect(world.asked).toHaveLength(8);
});

test("a denial on the remembered state is decided anew on the present state", async () => {
  const world = new AuthorizerWorld();
  await world.told();
  let isOld = true;
  world.before = () => void (isOld = false);
  world.refusing = () => (isOld ? ["order.broken"] : []);
  expect(await world.told()).toContain("allowed");
});

test("fails where Envoy has given the call up, and nothing is spent", async () => {
  const world = new AuthorizerWorld();
  await world.told();
  expect(await world.told({}, () => false)).toBe("temporarily_unavailable gateway.authorizer");
  expect(world.asked).toHaveLength(2);
});

test("fails where the policy refuses, and nothing is spent", async () => {
  const world = new AuthorizerWorld();
  world.refusing = () => ["action.not-granted", "session.tainted"];
  expect(await world.told()).toBe("access_denied action.not-granted,session.tainted");
  expect(world.asked).toEqual([undefined]);
});

test("a newer registry that the exchange uses already is read at once, and decides", async () => {
  const world = new AuthorizerWorld();
  world.refusing = () => (world.revision < 8 ? ["policy.stale"] : []);
  world.look = () => void (world.revision = 8);
  expect(await world.told()).toContain("allowed");
});

test.each([
  ["there is no newer registry", ["policy.stale"], 7],
  ["it is refused for more than an old registry", ["policy.stale", "agent.revoked"], 8],
] as const)("fails where %s", async (_, codes, next) => {
  const world = new AuthorizerWorld();
  world.refusing = () => (world.revision < 8 ? codes : []);
  world.look = () => void (world.revision = next);
  expect(await world.told()).toBe(`access_denied ${codes.join()}`);
});

test.each([
  ["a tool that is not declared", { tool: "vault" }, "access_denied gateway.route"],
  ["a path of another tool", { path: "/tools/crm2/records/7" }, "access_denied gateway.route"],
  ["a path with the tool in another case", { path: "/tools/CRM/records/7" }, "access_denied gateway.route"],
  ["a path of no action", { path: "/tools/crm/x" }, "access_denied call.unrecognised"],
  [
    "a header that names another method",
    { headers: [["x-http-method-override", "PUT"]] as const },
    "invalid_request call.header",
  ],
])("fails for %s, before the exchange is asked", async (_, change, said) => {
  const world = new AuthorizerWorld();
  expect(await world.told(change)).toBe(said);
  expect(world.asked).toEqual([]);
});

describe("a call of a model", () => {
  const TOKENS = "day:tokens:all";
  const asking = (world: AuthorizerWorld) => {
    const match = { model: "m-1", apis: ["openai.responses"], maxOutputTokens: 100, allows: [] } as const;
    world.tool = { ...CRM, kind: "model", actions: { read: { match } } };
    return world.post("/v1/responses", { model: "m-1", max_output_tokens: 50, input: "hello", store: false });
  };

  test("reserves the most tokens that it can use, under a name by which its outcome settles them", async () => {
    const world = new AuthorizerWorld();
    world.budgets = { [TOKENS]: { limit: 9_000, actions: "any" } };
    world.spent = { [TOKENS]: 0 };
    const request = asking(world);
    const cost = (request.body as Buffer).length + 1_024 + 50;
    const [one, other] = [await world.allowed(request), await world.allowed(request)];
    expect(world.asked.at(-1)).toMatchObject({ costs: { [TOKENS]: cost }, reservation: other.reservation });
    expect(one.reservation).toMatch(/^[A-Za-z0-9-]{36}$/);
    expect(one.reservation).not.toBe(other.reservation);
    expect(one.answer).not.toBe(other.answer);
  });

  test("reserves nothing where no budget counts tokens", async () => {
    const world = new AuthorizerWorld();
    const allowed = await world.allowed(asking(world));
    expect(allowed.reservation).toBeUndefined();
    expect(world.asked.at(-1)).not.toHaveProperty("reservation");
  });

  test("of another tool costs no tokens", async () => {
    const world = new AuthorizerWorld();
    world.budgets = { [TOKENS]: { limit: 9_000, actions: "any" } };
    expect(await world.told()).toContain("allowed");
    expect(world.asked.at(-1)?.costs).toEqual({ [TOKENS]: 0 });
  });

  test("passes the API's version and betas on, and neither the agent's key nor the name of its SDK", async () => {
    const world = new AuthorizerWorld();
    const request = asking(world);
    const names = ["anthropic-version", "openai-organization", "x-api-key", "x-stainless-os", "idempotency-key"];
    const headers = [
      ...(request.headers ?? []),
      ...names.map((name) => [name, name === "anthropic-version" ? "2023-06-01" : "x"] as const),
    ];
    const { remove } = await world.allowed({ ...request, headers });
    expect(remove).toEqual(["idempotency-key", "openai-organization", "x-api-key", "x-stainless-os"]);
  });
});

test.each([
  ["a sum is in units", { amount: 2.5 }, 25_000],
  ["nothing costs nothing", { amount: 0 }, 0],
])("%s", async (_, body, cost) => {
  const world = new AuthorizerWorld();
  expect(await world.told(world.post("/pay", body))).toContain("allowed pay");
  expect(world.asked.at(-1)?.costs).toEqual({ "run:sum=amount:crm.pay": cost });
});

test.each([{ amount: -1 }, { amount: "5" }, { amount: 0.00001 }, {}, { amount: null }])(
  "fails for %j where a budget adds up the amount",
  async (body) => {
    const world = new AuthorizerWorld();
    expect(await world.told(world.post("/pay", body))).toBe("invalid_request call.amount");
    expect(world.asked.every((spend) => spend === undefined)).toBe(true);
  },
);

test("fails where a bound parameter differs from its claim, or is missing", async () => {
  const world = new AuthorizerWorld();
  world.tool = { ...CRM, actsAs: { service: "robot", bind: { text: "act.sub" } } };
  expect(await world.told(world.post("/notes", { text: CLERK }))).toContain("allowed");
  expect(await world.told(world.post("/notes", { text: "another" }))).toBe("access_denied call.bound");
  expect(await world.told(world.post("/notes", {}))).toBe("access_denied call.bound");
  world.tool = { ...CRM, actsAs: { service: "robot", bind: { text: "act.constructor" } } };
  expect(await world.told(world.post("/notes", { text: CLERK }))).toBe("access_denied call.bound");
});

test("the tool gets its own credential and the listed headers, and no other header of the agent", async () => {
  const world = new AuthorizerWorld();
  const names = [
    "accept",
    "authorization",
    "cookie",
    "x-forwarded-for",
    "user-agent",
    "mcp-init-host",
    "x-request-id",
    "if-match",
  ];
  const { remove } = await world.authorizer.authorize({
    certificate: "-",
    tool: "crm",
    destination: "crm.acme.example",
    method: "GET",
    path: "/tools/crm/records/7",
    headers: [...names.map((name) => [name, "x"] as const), [":path", "/"], [":method", "GET"]],
    body: Buffer.alloc(0),
  });
  expect(remove).toEqual(["authorization", "cookie", "mcp-init-host", "x-forwarded-for"]);
});

describe("where the platform names an intent evaluator", () => {
  const verdicts = ["allowed", "refused", "error", "timeout"] as const;

  test.each(verdicts)("it is asked once of a call, and the policy learns that it says %s", async (verdict) => {
    const asked: unknown[] = [];
    const evaluator = { ask: async (question: unknown) => (asked.push(question), { intent: { verdict }, reason: "" }) };
    const world = new AuthorizerWorld({ evaluator, tellsArguments: false });
    world.refusing = ({ intent }) => (intent?.verdict === "allowed" ? [] : ["intent.refused"]);
    world.before = () => void (world.version = Math.min(world.version + 1, 3));
    const said = await world.told(world.post("/notes", { text: "a" }));
    expect(said.split(" ")[0]).toBe(verdict === "allowed" ? "allowed" : "access_denied");
    expect(asked).toEqual([
      {
        agent: { name: "clerk", spiffeId: CLERK },
        task: "work",
        purpose: "Keeps notes",
        tool: "crm",
        action: "note",
        destination: "crm.acme.example",
        requestDigest: expect.stringMatching(/^sha256:/),
        chain: [],
        userPresent: true,
      },
    ]);
  });

  test("it is told the arguments only where the platform says so", async () => {
    const asked: { arguments?: unknown }[] = [];
    const evaluator = {
      ask: async (question: object) => (asked.push(question), { intent: { verdict: "allowed" as const }, reason: "" }),
    };
    await new AuthorizerWorld({ evaluator, tellsArguments: true }).told();
    expect(asked[0]?.arguments).toEqual({ id: "7" });
  });
});

test("a refused call is logged with whose connection it was, and with whose call once its token is sound", async () => {
  const world = new AuthorizerWorld();
  const about = (change: Parameters<AuthorizerWorld["allowed"]>[0]) =>
    world.allowed(change).then(
      () => undefined,
      (denial: Denial) => denial.about,
    );
  const { client_id: agent, task, run, txn } = world.claims;
  // Neither what is none of the actions, nor what the policy refuses, is without it.
  expect(await about({ path: "/tools/crm/other" })).toEqual({ agent, task, run, txn });
  world.refusing = () => ["mark.above-clearance"];
  expect(await about({})).toEqual({ agent, task, run, txn, action: "read" });
  world.tool = undefined;
  expect(await about({})).toEqual({ agent });
});
