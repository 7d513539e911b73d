import { LevelStore } from "../../../../runtime/store/level-store";
import { codes, details, ServedExchange, TOKEN_EXCHANGE, TRIAGE } from "../../../support/exchange/served-exchange";

const READER = "web-reader";
const AUTHORIZER = "authorizer";
const exchange = new ServedExchange();

beforeAll(() => exchange.start());
afterAll(() => exchange.close());

const token = async (audience = "tool:zendesk"): Promise<string> => {
  const { json } = await exchange.post("/token", exchange.byUser(TRIAGE, "answer", { audience }), { as: TRIAGE });
  return json.access_token as string;
};
const get = async (path: string, init?: RequestInit) =>
  exchange.answer(await exchange.fetch()(`${exchange.issuer}${path}`, init));

const SECURITY = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
};

test.each(["/live", "/ready"])("%s tells ok", async (path) => {
  expect(await get(path)).toMatchObject({ status: 200, text: '{"status":"ok"}', headers: SECURITY });
});

test.each(["/jwks", "/.well-known/oauth-authorization-server"])("%s may be kept for 5 min", async (path) => {
  const answer = await get(path);
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({ ...SECURITY, "cache-control": "public, max-age=300" });
});

test("repeated requests for the keys cause few reads of the store", async () => {
  const read = jest.spyOn(LevelStore.prototype, "read");
  await Promise.all(Array.from({ length: 50 }, () => get("/jwks")));
  expect(read.mock.calls.length).toBeLessThan(10);
  read.mockRestore();
});

test("the keys are public and nothing else", async () => {
  const { json } = await get("/jwks");
  const members = ["alg", "crv", "kid", "kty", "use", "x", "y"];
  expect((json.keys as object[]).map((key) => Object.keys(key).sort())).toEqual([members]);
});

test("a token is stored nowhere", async () => {
  const answer = await exchange.post("/token", exchange.byUser(TRIAGE, "answer", { audience: "tool:zendesk" }), {
    as: TRIAGE,
  });
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({
    ...SECURITY,
    "cache-control": "no-store",
    "content-type": "application/json",
  });
});

describe("a run that begins without a token", () => {
  const asked = () => {
    const { audience: _, ...form } = exchange.byUser(TRIAGE, "answer", { audience: "tool:zendesk" });
    return form;
  };

  test("is answered with 201, is not cached, and may get a token", async () => {
    const answer = await exchange.post("/runs", asked(), { as: TRIAGE });
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({ ...SECURITY, "cache-control": "no-store" });
    const { run, txn, sid, task, start, run_expires_at: end, ...more } = answer.json;
    expect({ txn, task, start, more }).toEqual({ txn: run, task: "answer", start: "user", more: {} });
    expect([typeof sid, typeof end]).toEqual(["string", "number"]);
    const goesOn = {
      grant_type: "client_credentials",
      audience: "tool:zendesk",
      authorization_details: details({ task: "answer", run: run as string }),
    };
    expect(await exchange.post("/token", goesOn, { as: TRIAGE })).toMatchObject({ status: 200 });
    expect(codes(await exchange.post("/token", goesOn, { as: READER }))).toEqual(["task.undeclared"]);
  });

  test.each([
    ["the client is not authenticated", {}, {}, 401, "client.unauthenticated"],
    ["the audience is that of the question", { audience: "run" }, { as: TRIAGE }, 400, "request.malformed"],
    ["another agent sends it", {}, { as: READER }, 400, "task.undeclared"],
  ] as const)("fails when %s", async (_, more, options, status, code) => {
    const answer = await exchange.post("/runs", { ...asked(), ...more }, options);
    expect(answer.status).toBe(status);
    expect(codes(answer)).toEqual([code]);
  });

  test("is joined by the user's next request, and told with 200", async () => {
    const { json: begun } = await exchange.post("/runs", asked(), { as: TRIAGE });
    const joins = {
      ...asked(),
      authorization_details: details({ task: "answer", start: "user", run: `${begun.run}` }),
    };
    const answer = await exchange.post("/runs", joins, { as: TRIAGE });
    expect([answer.status, answer.json]).toEqual([200, begun]);
    expect(answer.headers).toMatchObject({ ...SECURITY, "cache-control": "no-store" });
    expect(codes(await exchange.post("/token", { ...joins, audience: "tool:zendesk" }, { as: TRIAGE }))).toEqual([
      "details.malformed",
    ]);
  });

  test("answers with 204 and nothing else where its answer may go out", async () => {
    const { json } = await exchange.post("/runs", asked(), { as: TRIAGE });
    const answer = await exchange.post("/runs/answers", { run: `${json.run}`, way: "http" }, { as: TRIAGE });
    expect(answer).toMatchObject({ status: 204, text: "", headers: { ...SECURITY, "cache-control": "no-store" } });
  });

  test.each([
    ["another way in is named", { way: "a2a" }, { as: TRIAGE }, 403, "access_denied", "way.undeclared"],
    ["another agent asks", {}, { as: READER }, 400, "invalid_grant", "run.unknown"],
    ["the client is not authenticated", {}, {}, 401, "invalid_client", "client.unauthenticated"],
  ] as const)("does not answer when %s", async (_, more, options, status, error, code) => {
    const { json } = await exchange.post("/runs", asked(), { as: TRIAGE });
    const answer = await exchange.post("/runs/answers", { run: `${json.run}`, way: "http", ...more }, options);
    expect([answer.status, answer.json.error, codes(answer)]).toEqual([status, error, [code]]);
    expect(exchange.logged.at(-1)).toContain(code);
  });

  test("fails when a token is asked for with its audience", async () => {
    const answer = await exchange.post("/token", { ...asked(), audience: "run" }, { as: TRIAGE });
    expect(answer).toMatchObject({ status: 400, json: { error: "invalid_target" } });
    expect(codes(answer)).toEqual(["audience.malformed"]);
  });
});

test("a form may name its character set", async () => {
  const headers = { "content-type": "application/x-www-form-urlencoded; charset=UTF-8" };
  expect(await exchange.post("/revoke", "token=x", { as: TRIAGE, headers })).toMatchObject({ status: 200, text: "" });
});

test.each([
  ["GET", "/token", "POST"],
  ["TRACE", "/token", "POST"],
  ["GET", "/runs", "POST"],
  ["DELETE", "/runs", "POST"],
  ["GET", "/runs/answers", "POST"],
  ["PUT", "/introspect", "POST"],
  ["GET", "/revoke", "POST"],
  ["GET", "/aws/credentials", "POST"],
  ["DELETE", "/state/spend", "POST"],
  ["POST", "/jwks", "GET, HEAD"],
  ["OPTIONS", "/live", "GET, HEAD"],
])("fails when %s is used at %s: %s is allowed", async (method, path, allow) => {
  const answer = await raw(method, path);
  expect(answer).toMatchObject({ status: 405, headers: { allow, ...SECURITY } });
});

test.each(["/", "/token/", "/Token", "//token", "/token/../jwks/x", "/.well-known/openid-configuration"])(
  "fails when the path is %s",
  async (path) => {
    expect(await raw("POST", path)).toMatchObject({ status: 404, headers: SECURITY });
  },
);

test("fails when a form has 65 parameters, which are not looked at", async () => {
  const form = Array.from({ length: 65 }, (_, index) => `p${index}=`).join("&");
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const answer = await exchange.post("/revoke", `${form}&token=x`, { as: TRIAGE, headers });
  expect(answer.json).toMatchObject({ reasons: [{ what: "the form has more than 64 parameters" }] });
  const fewer = form.split("&").slice(2).join("&");
  expect(await exchange.post("/revoke", `${fewer}&token=x`, { as: TRIAGE, headers })).toMatchObject({ status: 200 });
});

/** What an authenticated agent is told of a request that is none */
test.each<readonly [what: string, body: string, type: string, code: string]>([
  ["JSON", "{}", "application/json", "request.malformed"],
  ["a form in parts", "x", "multipart/form-data; boundary=x", "request.malformed"],
  ["a form of another character set", "a=b", "application/x-www-form-urlencoded; charset=latin1", "request.malformed"],
  ["a parameter twice", "grant_type=a&grant_type=b", "application/x-www-form-urlencoded", "request.malformed"],
  [
    "an audience twice",
    `grant_type=client_credentials&audience=aws&audience=exchange`,
    "application/x-www-form-urlencoded",
    "request.malformed",
  ],
  ["broken percent signs", "grant_type=%zz", "application/x-www-form-urlencoded", "request.malformed"],
  ["bytes that are no UTF-8", "grant_type=%ff", "application/x-www-form-urlencoded", "request.malformed"],
  ["nothing", "", "application/x-www-form-urlencoded", "request.malformed"],
  ["an unknown grant", "grant_type=password", "application/x-www-form-urlencoded", "request.grant-type"],
  ["no evidence", `grant_type=${TOKEN_EXCHANGE}`, "application/x-www-form-urlencoded", "evidence.missing"],
])("fails when %s is sent to /token", async (what, body, type, code) => {
  const answer = await exchange.post("/token", body, { as: TRIAGE, headers: { "content-type": type } });
  expect(answer).toMatchObject({ status: 400, headers: { "cache-control": "no-store", ...SECURITY } });
  expect(codes(answer)).toEqual([what === "an audience twice" ? "audience.malformed" : code]);
});

test.each([
  ["/introspect", "", "request.malformed"],
  ["/introspect", "token=a&token=b", "request.malformed"],
  ["/introspect", "token=", "request.malformed"],
  ["/revoke", "", "request.malformed"],
  ["/revoke", "token_type_hint=access_token", "request.malformed"],
])("fails when %s is sent %j", async (path, body, code) => {
  const answer = await exchange.post(path, body, { as: TRIAGE });
  expect(answer).toMatchObject({ status: 400, json: { error: "invalid_request" } });
  expect(codes(answer)).toEqual([code]);
});

describe("introspection", () => {
  test("tells a listed service and the token's agent all of an active token", async () => {
    const issued = await token();
    for (const as of [AUTHORIZER, TRIAGE]) {
      const { status, json } = await exchange.post("/introspect", { token: issued }, { as });
      expect(status).toBe(200);
      expect(json).toMatchObject({ active: true, aud: "tool:zendesk", client_id: exchange.platform.agentId(TRIAGE) });
    }
  });

  test.each<readonly [what: string, asked: () => Promise<readonly [token: string, as: string]>]>([
    ["another agent asks", async () => [await token(), READER]],
    ["it is none", async () => ["nonsense", AUTHORIZER]],
    ["its signature is changed", async () => [`${(await token()).slice(0, -4)}AAAA`, AUTHORIZER]],
    ["it is a user's", async () => [exchange.byUser(TRIAGE, "answer").subject_token as string, AUTHORIZER]],
    ["a clean session began since", async () => [await ofEndedSession(), AUTHORIZER]],
  ])("says nothing but that a token is not active when %s", async (_, asked) => {
    const [issued, as] = await asked();
    expect(await exchange.post("/introspect", { token: issued }, { as })).toMatchObject({
      status: 200,
      text: '{"active":false}',
    });
  });

  async function ofEndedSession(): Promise<string> {
    const issued = await token();
    const agentId = exchange.platform.agentId(TRIAGE);
    const request = exchange.byUser(TRIAGE, "answer", {
      audience: "tool:zendesk",
      subject_token: exchange.platform.issuers.userToken({ agentId, task: `${TRIAGE}.answer`, newSession: true }),
    });
    expect(await exchange.post("/token", request, { as: TRIAGE })).toMatchObject({ status: 200 });
    return issued;
  }
});

describe("revocation", () => {
  test("ends a token of one's own, however often it is asked", async () => {
    const issued = await token();
    for (const _ of [1, 2]) {
      expect(await exchange.post("/revoke", { token: issued }, { as: TRIAGE })).toMatchObject({
        status: 200,
        text: "",
      });
    }
    expect((await exchange.post("/introspect", { token: issued }, { as: TRIAGE })).json).toEqual({ active: false });
  });

  test("takes what is no token for revoked", async () => {
    expect(await exchange.post("/revoke", { token: "nonsense" }, { as: TRIAGE })).toMatchObject({ status: 200 });
  });

  test("fails when the token was issued to another agent, and it stays active", async () => {
    const issued = await token();
    const answer = await exchange.post("/revoke", { token: issued }, { as: READER });
    expect(answer).toMatchObject({ status: 400, json: { error: "invalid_grant" } });
    expect(codes(answer)).toEqual(["token.other-agent"]);
    expect((await exchange.post("/introspect", { token: issued }, { as: TRIAGE })).json.active).toBe(true);
  });
});

describe("the state interface", () => {
  const json = { "content-type": "application/json" };
  const claims = async (): Promise<Record<string, unknown>> => {
    const {
      active: _,
      token_type: __,
      ...all
    } = (await exchange.post("/introspect", { token: await token() }, { as: AUTHORIZER })).json;
    return all;
  };

  test("tells a listed service the state of a token", async () => {
    const body = JSON.stringify({ claims: await claims() });
    const answer = await exchange.post("/state/read", body, { as: AUTHORIZER, headers: json });
    expect(answer).toMatchObject({ status: 200, json: { input: { phase: "call", task: "answer" } } });
  });

  test.each([
    ["an agent asks", "/state/read", TRIAGE, json, 400, "caller.not-listed"],
    ["there is no client", "/state/read", undefined, json, 401, "client.unauthenticated"],
    ["it is a form", "/state/spend", AUTHORIZER, {}, 400, "request.malformed"],
    ["it is nothing", "/state/outcome", AUTHORIZER, json, 400, "request.malformed"],
  ])("fails when %s", async (_, path, as, headers, status, code) => {
    const answer = await exchange.post(path, "{}", { headers, ...(as !== undefined && { as }) });
    expect(answer.status).toBe(status);
    expect(codes(answer)).toEqual([code]);
  });

  test("fails when a JWT-SVID of a listed service is all that is shown", async () => {
    const id = "spiffe://prod.acme.example/ns/ambit-system/sa/ambit-authorizer";
    const assertion = exchange.platform.authority.jwtSvid(id, exchange.issuer);
    const answer = await exchange.post("/state/read", `client_assertion=${assertion}`);
    expect(codes(answer)).toEqual(["client.unauthenticated"]);
  });
});

describe("refusals that others report", () => {
  const json = { "content-type": "application/json" };
  const told = (code: string, more: object) => {
    const refusals = [{ codes: [code], time: Math.floor(Date.now() / 1_000), count: 1, ...more }];
    return JSON.stringify({ refusals, dropped: 0 });
  };

  test.each([
    ["the gateway tells of a call", AUTHORIZER, told("gateway.limit", { of: "call" })],
    ["a companion tells of itself", TRIAGE, told("companion.busy", { via: "gateway" })],
  ])("is taken where %s", async (_, as, body) => {
    const answer = await exchange.post("/refusals", body, { as, headers: json });
    expect(answer).toMatchObject({ status: 200, json: { untold: [] } });
  });

  test.each([
    [
      "a client without a certificate tells it",
      undefined,
      told("companion.busy", { via: "agent" }),
      json,
      401,
      "client.unauthenticated",
    ],
    [
      "a companion tells of a call at the gateway",
      TRIAGE,
      told("gateway.limit", { of: "call" }),
      json,
      400,
      "request.malformed",
    ],
    ["it is no JSON", TRIAGE, "a=b", json, 400, "request.malformed"],
    ["it is a form", TRIAGE, "a=b", {}, 400, "request.malformed"],
  ])("is not taken where %s", async (_, as, body, headers, status, code) => {
    const answer = await exchange.post("/refusals", body, { headers, ...(as !== undefined && { as }) });
    expect([answer.status, codes(answer)]).toEqual([status, [code]]);
  });

  test("is not taken by a JWT-SVID", async () => {
    const id = "spiffe://prod.acme.example/ns/ambit-system/sa/ambit-authorizer";
    const assertion = exchange.platform.authority.jwtSvid(id, exchange.issuer);
    const answer = await exchange.post("/refusals", `client_assertion=${assertion}`);
    expect(codes(answer)).toEqual(["client.unauthenticated"]);
  });
});

test("an authenticated workload without a declaration learns that it is undeclared", async () => {
  const request = {
    grant_type: "client_credentials",
    audience: "aws",
    authorization_details: details({ task: "x", start: "agent" }),
  };
  const answer = await exchange.post("/token", request, { as: AUTHORIZER });
  expect(answer).toMatchObject({ status: 400, json: { error: "unauthorized_client" } });
  expect(codes(answer)).toEqual(["agent.unknown"]);
});

/** `fetch` refuses some methods, and makes paths nice before it sends them. */
async function raw(method: string, path: string) {
  const { request } = await import("node:https");
  const { port } = new URL(exchange.issuer);
  return new Promise<{ status: number; headers: Record<string, unknown> }>((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path, method, ca: exchange.platform.authority.bundle, agent: false };
    const sent = request(options, (answer) => {
      answer.resume().on("end", () => resolve({ status: answer.statusCode as number, headers: answer.headers }));
    });
    sent.on("error", reject);
    sent.end();
  });
}
