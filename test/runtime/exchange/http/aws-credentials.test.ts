import { DpopKey } from "../../../support/exchange/dpop-key";
import { FakeStsServer } from "../../../support/exchange/fake-sts-server";
import { codes, JWT_SPIFFE, type PostOptions, ServedExchange, TRIAGE } from "../../../support/exchange/served-exchange";

const exchange = new ServedExchange();
const sts = new FakeStsServer();
const key = new DpopKey();
const credentialsUrl = (): string => `${exchange.issuer}/aws/credentials`;

beforeAll(async () => {
  process.env.AWS_ACCESS_KEY_ID = "AKIAEXAMPLE";
  process.env.AWS_SECRET_ACCESS_KEY = "example";
  await exchange.start({ aws: { region: "eu-central-1", stsEndpoint: await sts.listen() } });
});
afterAll(async () => {
  await exchange.close();
  await sts.close();
});
beforeEach(() => void sts.asked.splice(0));

/** Bound to the certificate of the agent */
const certified = async (audience = "aws"): Promise<string> => {
  const { json } = await exchange.post("/token", exchange.byUser(TRIAGE, "answer", { audience }), { as: TRIAGE });
  return json.access_token as string;
};

/** Bound to the key of a proof */
const proven = async (by = key): Promise<string> => {
  const id = exchange.platform.agentId(TRIAGE);
  const assertion = exchange.platform.authority.jwtSvid(id, exchange.issuer);
  const svid = { client_assertion_type: JWT_SPIFFE, client_assertion: assertion };
  const headers = { dpop: by.proof("POST", `${exchange.issuer}/token`) };
  const request = exchange.byUser(TRIAGE, "answer", { audience: "aws", ...svid });
  return (await exchange.post("/token", request, { headers })).json.access_token as string;
};

const dpop = (token: string, change: Readonly<Record<string, unknown>> = {}, by = key) => ({
  authorization: `DPoP ${token}`,
  dpop: by.withToken("POST", credentialsUrl(), token, change),
});

test("a token that is bound to the certificate of the connection becomes AWS credentials", async () => {
  const headers = { authorization: `Bearer ${await certified()}` };
  const answer = await exchange.post("/aws/credentials", "", { as: TRIAGE, headers });
  expect(answer).toMatchObject({ status: 200, headers: { "cache-control": "no-store" } });
  expect(answer.json).toEqual({
    AccessKeyId: "ASIAEXAMPLE",
    SecretAccessKey: "secret",
    Token: "session",
    Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
  expect(sts.asked.map((asked) => [asked.get("Action"), asked.get("SourceIdentity")])).toEqual([
    ["AssumeRole", TRIAGE],
  ]);
});

test("a token that is bound to a key becomes AWS credentials, with a proof of that key", async () => {
  const answer = await exchange.post("/aws/credentials", "", { headers: dpop(await proven()) });
  expect(answer).toMatchObject({ status: 200, json: { AccessKeyId: "ASIAEXAMPLE" } });
});

const other = new DpopKey();

test.each<readonly [what: string, request: () => Promise<PostOptions>, code: string]>([
  ["there is no token", async () => ({ as: TRIAGE }), "token.invalid"],
  ["the token is none", async () => ({ as: TRIAGE, headers: { authorization: "Bearer nonsense" } }), "token.invalid"],
  [
    "the scheme is another",
    async () => ({ as: TRIAGE, headers: { authorization: `Basic ${await certified()}` } }),
    "token.invalid",
  ],
  [
    "the token is for a tool",
    async () => ({ as: TRIAGE, headers: { authorization: `Bearer ${await certified("tool:zendesk")}` } }),
    "token.invalid",
  ],
  [
    "the connection has no certificate",
    async () => ({ headers: { authorization: `Bearer ${await certified()}` } }),
    "token.invalid",
  ],
  [
    "the connection is another agent's",
    async () => ({ as: "web-reader", headers: { authorization: `Bearer ${await certified()}` } }),
    "token.invalid",
  ],
  [
    "the agent has another certificate since",
    async () => {
      const headers = { authorization: `Bearer ${await certified()}` };
      exchange.platform.files.renew();
      return { as: TRIAGE, headers };
    },
    "token.invalid",
  ],
  [
    "a token that is bound to a certificate comes with a proof",
    async () => ({ headers: dpop(await certified()) }),
    "token.invalid",
  ],
  [
    "a token that is bound to a key comes with a certificate",
    async () => ({ as: TRIAGE, headers: { authorization: `Bearer ${await proven()}` } }),
    "token.invalid",
  ],
  [
    "a token that is bound to a key comes as Bearer, with a proof",
    async () => {
      const token = await proven();
      return { headers: { ...dpop(token), authorization: `Bearer ${token}` } };
    },
    "token.invalid",
  ],
  ["the proof is of another key", async () => ({ headers: dpop(await proven(), {}, other) }), "token.invalid"],
  ["the proof is missing", async () => ({ headers: { authorization: `DPoP ${await proven()}` } }), "dpop.invalid"],
  [
    "the proof names no token",
    async () => ({ headers: { ...dpop(await proven()), dpop: key.proof("POST", credentialsUrl()) } }),
    "dpop.invalid",
  ],
  [
    "the proof names another token",
    async () => {
      const [token, another] = [await proven(), await proven()];
      return { headers: { ...dpop(token), dpop: key.withToken("POST", credentialsUrl(), another) } };
    },
    "dpop.invalid",
  ],
  [
    "the proof is for the token endpoint",
    async () => {
      const token = await proven();
      return { headers: { ...dpop(token), dpop: key.withToken("POST", `${exchange.issuer}/token`, token) } };
    },
    "dpop.invalid",
  ],
  [
    "the proof is old",
    async () => ({ headers: dpop(await proven(), { iat: Math.floor(Date.now() / 1_000) - 90 }) }),
    "dpop.invalid",
  ],
])("fails when %s", async (_, request, code) => {
  const answer = await exchange.post("/aws/credentials", "", await request());
  expect(answer.status).toBe(401);
  expect(codes(answer)).toEqual([code]);
  const challenge =
    code === "dpop.invalid" ? /^DPoP error="invalid_dpop_proof"/ : /^Bearer error="invalid_token", DPoP /;
  expect(answer.headers["www-authenticate"]).toMatch(challenge);
  expect(sts.asked).toEqual([]);
});

test("fails when a proof is used twice", async () => {
  const headers = dpop(await proven());
  expect((await exchange.post("/aws/credentials", "", { headers })).status).toBe(200);
  const answer = await exchange.post("/aws/credentials", "", { headers });
  expect([answer.status, codes(answer)]).toEqual([401, ["dpop.replayed"]]);
  expect(sts.asked).toHaveLength(1);
});

test("fails when the token was revoked", async () => {
  const token = await certified();
  await exchange.post("/revoke", { token }, { as: TRIAGE });
  const answer = await exchange.post("/aws/credentials", "", {
    as: TRIAGE,
    headers: { authorization: `Bearer ${token}` },
  });
  expect([answer.status, codes(answer)]).toEqual([400, ["token.revoked"]]);
});

describe("what an untrusted tool answered, once it is stored", () => {
  const AUTHORIZER = "authorizer";
  const json = { "content-type": "application/json" };
  const tokenFor = async (user: string, audience: string): Promise<string> => {
    const agentId = exchange.platform.agentId(TRIAGE);
    const subject = exchange.platform.issuers.userToken({ agentId, task: `${TRIAGE}.answer`, user });
    const request = { ...exchange.byUser(TRIAGE, "answer", { audience }), subject_token: subject };
    return (await exchange.post("/token", request, { as: TRIAGE })).json.access_token as string;
  };
  /** Of a token for a tool, as the authorizer gets to know them */
  const claimsFor = async (user: string): Promise<object> => {
    const token = await tokenFor(user, "tool:zendesk");
    const { active, token_type, ...claims } = (await exchange.post("/introspect", { token }, { as: AUTHORIZER })).json;
    expect([active, token_type]).toEqual([true, "Bearer"]);
    return claims;
  };
  const asked = (path: string, body: object) =>
    exchange.post(path, JSON.stringify(body), { as: AUTHORIZER, headers: json });
  const known = async (claims: object): Promise<object> =>
    ((await asked("/state/read", { claims })).json.input as { readonly session: object }).session;

  test("taints who gets it, and for another user who reads it back with AWS credentials", async () => {
    const [writing, reading] = [await claimsFor("ada"), await claimsFor("bob")];
    expect(await known(writing)).toMatchObject({ mark: "public", tainted: false });
    const call = { tool: "zendesk", action: "read", destination: "acme.zendesk.com", data: ["tickets:read"] };
    const outcome = { claims: writing, call, outcome: "succeeded", untrusted: false };
    expect((await asked("/state/outcome", outcome)).status).toBe(200);
    expect(await known(writing)).toMatchObject({ tainted: true });

    // The conversations of a user are that user's; what lies there is declared untrusted, by any writer.
    expect(await known(reading)).toMatchObject({ mark: "public", tainted: false });
    const headers = { authorization: `Bearer ${await tokenFor("bob", "aws")}` };
    expect((await exchange.post("/aws/credentials", "", { as: TRIAGE, headers })).status).toBe(200);
    expect(await known(reading)).toMatchObject({ mark: "confidential", tainted: true });
  });
});
