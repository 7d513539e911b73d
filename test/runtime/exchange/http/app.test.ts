import { AuditBehind } from "../../../../runtime/audit/backlog";
import { AuditUnwitnessed } from "../../../../runtime/audit/uncosigned";
import { exchangeApp } from "../../../../runtime/exchange/http/app";
import type { ExchangeParts } from "../../../../runtime/exchange/http/parts";
import { Refusal } from "../../../../runtime/refusal/refusal";
import { RegistryUnavailable } from "../../../../runtime/registry/registry";
import { SignerError } from "../../../../runtime/signer/signer";
import { StoreConflict, StoreUnavailable } from "../../../../runtime/store/store";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const CALLER = { spiffeId: "spiffe://prod.example/a", confirmation: undefined, proof: undefined };
const never = (): never => {
  throw new Error("must not be asked");
};

/** An app whose every part fails but what is given */
function app(change: Partial<ExchangeParts>) {
  const logged: (readonly [string, object | undefined])[] = [];
  const parts: ExchangeParts = {
    issuer: "https://exchange.example",
    tokens: { token: never },
    runs: { begin: never },
    messages: { answer: never, part: never, stopped: never },
    clients: { client: async () => CALLER, service: () => CALLER.spiffeId },
    introspection: { introspect: never },
    approvals: { people: { of: never }, desk: { list: never, show: never, decide: never } },
    accessRequests: { submit: never, status: never, cancel: never },
    revocation: { revoke: never },
    aws: undefined,
    state: {
      services: new Set([CALLER.spiffeId]),
      operations: { read: never, spend: never, open: never, outcome: never, outcomes: never },
      calls: { calls: never },
    },
    operators: {
      operator: never,
      orders: { list: never, restore: never, revoke: never },
      erasures: { erase: never },
      refusals: { record: never },
    },
    transactions: { token: never },
    refusals: { told: never },
    outbound: { services: new Set(), credentials: { credential: never } },
    jwks: never,
    unready: never,
    log: (event, facts) => void logged.push([event, facts]),
    ...change,
  };
  const served = exchangeApp(parts);
  const post = async (path: string, body: string, headers: Record<string, string> = FORM): Promise<Response> =>
    served.request(path, { method: "POST", body, headers }, { connection: { certificates: [] } });
  return {
    post,
    get: async (path: string) => served.request(path, {}, { connection: { certificates: [] } }),
    logged,
  };
}

const failing = (error: unknown) =>
  app({
    tokens: {
      token: async () => {
        throw error;
      },
    },
  });

test.each<readonly [status: number, oauth: string, code: string, error: unknown]>([
  [400, "invalid_scope", "scope.too-wide", Refusal.of("scope.too-wide")],
  [401, "invalid_client", "client.unauthenticated", Refusal.of("client.unauthenticated")],
  [401, "invalid_token", "token.invalid", Refusal.of("token.invalid")],
  [400, "invalid_dpop_proof", "dpop.invalid", Refusal.of("dpop.invalid")],
  [503, "temporarily_unavailable", "store.restored", Refusal.of("store.restored")],
  [503, "temporarily_unavailable", "store.unavailable", new StoreUnavailable("10.0.0.1 did not answer")],
  [503, "temporarily_unavailable", "audit.behind", new AuditBehind("9 records wait for the log")],
  [503, "temporarily_unavailable", "audit.unwitnessed", new AuditUnwitnessed("not for 3600 s")],
  [503, "temporarily_unavailable", "store.conflict", new StoreConflict([0], "10.0.0.1")],
  [503, "temporarily_unavailable", "registry.unavailable", new RegistryUnavailable("10.0.0.1")],
  [503, "temporarily_unavailable", "signer.unavailable", new SignerError("10.0.0.1")],
  [503, "temporarily_unavailable", "exchange.error", new TypeError("10.0.0.1 is not a function")],
])("%d %s is the answer to %s", async (status, oauth, code, error) => {
  const { post, logged } = failing(error);
  const answer = await post("/token", "a=b");
  const text = await answer.text();
  expect(answer.status).toBe(status);
  expect(JSON.parse(text)).toMatchObject({ error: oauth, reasons: [{ code }] });
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("retry-after")).toBe(status === 503 ? "2" : null);
  expect(answer.headers.has("www-authenticate")).toBe(status === 401);
  expect(text).not.toMatch(/10\.0\.0\.1|\.[jt]s\b|\n/);
  expect(logged).toMatchObject([["request.refused", { path: "/token", error: oauth, codes: [code] }]]);
});

test("further members of a refusal are part of the answer", async () => {
  const more = { anything: { id: "x" } };
  const { post } = failing(new Refusal("access_denied", [], more));
  expect(await (await post("/token", "")).json()).toMatchObject({ error: "access_denied", ...more });
});

test("error_description has only what RFC 6749 allows, for every reason", async () => {
  const { post } = failing(Refusal.of("request.malformed", 'a "quoted" \\ ünïcode\nline'));
  const { error_description: description } = (await (await post("/token", "")).json()) as { error_description: string };
  expect(description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  expect(description).toContain("a 'quoted' ? ?n?code?line: ");
});

test("a body that says how long it is, and one that does not, end at 64 KiB", async () => {
  const asked: string[] = [];
  const { post } = app({
    tokens: { token: async (form) => (asked.push(form[0]?.[1] ?? ""), {} as never) },
  });
  const fits = `a=${"x".repeat(65_534)}`;
  expect((await post("/token", fits)).status).toBe(200);
  expect((await post("/token", fits, { ...FORM, "content-length": `${fits.length}` })).status).toBe(200);
  for (const headers of [FORM, { ...FORM, "content-length": `${fits.length + 1}` }]) {
    const answer = await post("/token", `${fits}x`, headers);
    expect([answer.status, await answer.json()]).toMatchObject([400, { reasons: [{ code: "request.too-large" }] }]);
  }
  expect(asked.map((value) => value.length)).toEqual([65_534, 65_534]);
});

test("a form is read as it was sent, in its order", async () => {
  const forms: unknown[] = [];
  const { post } = app({ tokens: { token: async (form) => (forms.push(form), {} as never) } });
  await post("/token", "a=1&b=x%20y+z&a=2&c&=d&e=f=g%3D&%C3%BC=%E2%82%AC");
  expect(forms).toEqual([
    [
      ["a", "1"],
      ["b", "x y z"],
      ["a", "2"],
      ["c", ""],
      ["", "d"],
      ["e", "f=g="],
      ["ü", "€"],
    ],
  ]);
});

test("an unauthenticated client does not learn what is wrong with the body, and nothing else is checked", async () => {
  const clients: ExchangeParts["clients"] = {
    client: async (_request, _connection, form) => {
      expect(form).toBeUndefined();
      throw Refusal.of("client.unauthenticated");
    },
    service: never,
  };
  for (const path of ["/token", "/runs", "/runs/answers", "/introspect", "/revoke"]) {
    const answer = await app({ clients }).post(path, "{}", { "content-type": "application/json" });
    expect(answer.status).toBe(401);
  }
});

test.each([
  [["store"], 503, { status: "unready", not_ready: ["store"] }],
  [["registry", "bundle"], 503, { status: "unready", not_ready: ["registry", "bundle"] }],
  [[], 200, { status: "ok" }],
])("/ready names what is not ready: %j", async (unready, status, body) => {
  const answer = await app({ unready: async () => unready }).get("/ready");
  expect([answer.status, await answer.json()]).toEqual([status, body]);
});

test("/ready names issuers that are silent, without which the exchange still works", async () => {
  const silent = ["https://login.acme.example"];
  const ready = await app({ unready: async () => [], silent: () => silent }).get("/ready");
  expect([ready.status, await ready.json()]).toEqual([200, { status: "ok", silent }]);
  const unready = await app({ unready: async () => ["store"], silent: () => silent }).get("/ready");
  expect([unready.status, await unready.json()]).toEqual([503, { status: "unready", not_ready: ["store"] }]);
});

test("/live answers even if no part is ready", async () => {
  expect((await app({}).get("/live")).status).toBe(200);
});

test("fails when the keys cannot be read: that answer is not cached", async () => {
  const jwks = async (): Promise<never> => {
    throw Refusal.of("store.restored");
  };
  const answer = await app({ jwks }).get("/jwks");
  expect([answer.status, answer.headers.get("cache-control")]).toEqual([503, "no-store"]);
});

test("the state interface gets JSON, and who asked", async () => {
  const asked: unknown[] = [];
  const spend = async (...all: unknown[]) => (asked.push(all), { spent: true });
  const operations = { read: never, spend, open: never, outcome: never, outcomes: never };
  const state = { services: new Set([CALLER.spiffeId]), operations, calls: { calls: never } };
  const answer = await app({ state }).post("/state/spend", '{"a":1}', { "content-type": "application/json" });
  expect([answer.status, await answer.json(), asked]).toEqual([200, { spent: true }, [[{ a: 1 }, CALLER.spiffeId]]]);
});

test("each of many calls is answered by itself, and a refused one is a log line", async () => {
  const calls = async () =>
    ({ answers: [{ state: { versions: [1] } }, Refusal.of("token.session-ended")], untold: [1] }) as never;
  const operations = { read: never, spend: never, open: never, outcome: never, outcomes: never };
  const state = { services: new Set([CALLER.spiffeId]), operations, calls: { calls } };
  const { post, logged } = app({ state });
  const answer = await post("/state/calls", "{}", { "content-type": "application/json" });
  expect(await answer.json()).toMatchObject({
    answers: [
      { state: { versions: [1] } },
      { error: "invalid_token", reasons: [{ code: "token.session-ended", fix: expect.any(String) }] },
    ],
    untold: [1],
  });
  expect(logged).toEqual([
    ["request.refused", { path: "/state/calls", error: "invalid_token", codes: ["token.session-ended"] }],
  ]);
});

test.each([
  [true, { on_record: true }],
  [false, {}],
])("the answer to a refused call says whether it is on record: %s", async (isOnRecord, said) => {
  const refusal = Object.assign(Refusal.of("token.session-ended"), { isOnRecord });
  const operations = { read: never, spend: never, outcome: never, outcomes: never, open: never };
  const state = {
    services: new Set([CALLER.spiffeId]),
    operations,
    calls: { calls: async () => ({ answers: [refusal] }) },
  };
  const answer = await app({ state }).post("/state/calls", "{}", { "content-type": "application/json" });
  const { answers } = (await answer.json()) as { answers: [{ on_record?: boolean }] };
  const { on_record: found } = answers[0];
  expect(found === undefined ? {} : { on_record: found }).toEqual(said);
});

test("fails when an unlisted service asks about calls", async () => {
  const operations = { read: never, spend: never, open: never, outcome: never, outcomes: never };
  const state = { services: new Set<string>(), operations, calls: { calls: never } };
  const answer = await app({ state }).post("/state/calls", "{}", { "content-type": "application/json" });
  expect(await answer.json()).toMatchObject({ reasons: [{ code: "caller.not-listed" }] });
});

test("fails when AWS credentials are asked for where none are issued", async () => {
  const answer = await app({}).post("/aws/credentials", "");
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: "invalid_target", reasons: [{ code: "aws.not-granted" }] });
});

test("an agent has 16 questions about its open runs under way at once, and takes none from another", async () => {
  const waiting: (() => void)[] = [];
  let caller = CALLER;
  const { post } = app({
    clients: { client: async () => caller, service: never },
    messages: {
      answer: never,
      part: never,
      stopped: () => new Promise((resolve) => waiting.push(() => resolve({ stopped: [] }))),
    },
  });
  const ask = () => post("/runs/open", "runs=r");
  const asked = Array.from({ length: 16 }, ask);
  const more = ask();
  await new Promise(setImmediate);
  expect(waiting).toHaveLength(16);
  const refused = await more;
  expect([refused.status, refused.headers.get("retry-after"), await refused.json()]).toMatchObject([
    503,
    "2",
    { error: "temporarily_unavailable", reasons: [{ code: "request.too-many" }] },
  ]);
  caller = { ...CALLER, spiffeId: "spiffe://prod.example/b" };
  asked.push(ask());
  await new Promise(setImmediate);
  expect(waiting).toHaveLength(17);
  for (const answer of waiting) answer();
  for (const answer of await Promise.all(asked)) expect(answer.status).toBe(200);
  caller = CALLER;
  const again = ask();
  await new Promise(setImmediate);
  waiting.at(-1)?.();
  expect((await again).status).toBe(200);
});
