import {
  ACCESS_TOKEN,
  codes,
  details,
  JWT,
  JWT_SPIFFE,
  RESEARCHER,
  ServedExchange,
  TOKEN_EXCHANGE,
  TRIAGE,
} from "../../../support/exchange/served-exchange";

const TXN_TOKEN = "urn:ietf:params:oauth:token-type:txn_token";
const DOMAIN = "prod.acme.example";
const AUTHORIZER = "authorizer";
const AUTHORIZER_ID = `spiffe://${DOMAIN}/ns/ambit-system/sa/ambit-authorizer`;
const READER = "web-reader";
const JSON_TYPE = { "content-type": "application/json" };
const exchange = new ServedExchange();

beforeAll(() => exchange.start());
afterAll(() => exchange.close());

const toolToken = async (): Promise<string> => {
  const form = exchange.byUser(TRIAGE, "answer", { audience: "tool:zendesk" });
  return (await exchange.post("/token", form, { as: TRIAGE })).json.access_token as string;
};
const scopeOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split(".")[1] as string, "base64url").toString()).scope as string;
const asking = (token: string, more: Readonly<Record<string, string>> = {}) => ({
  grant_type: TOKEN_EXCHANGE,
  requested_token_type: TXN_TOKEN,
  subject_token: token,
  subject_token_type: ACCESS_TOKEN,
  audience: DOMAIN,
  scope: scopeOf(token),
  ...more,
});
const txnToken = async (): Promise<string> =>
  (await exchange.post("/token", asking(await toolToken()), { as: AUTHORIZER })).json.access_token as string;
const outbound = (token: unknown, as: string | undefined = AUTHORIZER, headers: Record<string, string> = JSON_TYPE) =>
  exchange.post("/outbound", JSON.stringify(token), { as, headers });

test("a listed service gets a transaction token, and a replacement for the next", async () => {
  const first = await exchange.post("/token", asking(await toolToken(), { request_details: '{"ticket":1}' }), {
    as: AUTHORIZER,
  });
  expect(first).toMatchObject({
    status: 200,
    headers: { "cache-control": "no-store" },
    json: { token_type: "N_A", issued_token_type: TXN_TOKEN },
  });
  expect(Object.keys(first.json).sort()).toEqual([
    "access_token",
    "expires_in",
    "issued_token_type",
    "scope",
    "token_type",
  ]);
  const token = first.json.access_token as string;
  const next = await exchange.post("/token", asking(token, { subject_token_type: TXN_TOKEN }), { as: AUTHORIZER });
  expect(next).toMatchObject({ status: 200, json: { token_type: "N_A", scope: first.json.scope } });
});

test("the metadata lists transaction tokens", async () => {
  const answer = await exchange.fetch()(`${exchange.issuer}/.well-known/oauth-authorization-server`);
  expect(await answer.json()).toMatchObject({ requested_token_types_supported: [ACCESS_TOKEN, JWT, TXN_TOKEN] });
});

describe("a transaction token is refused by its type", () => {
  test("at /introspect, to a listed service and to the agent", async () => {
    const token = await txnToken();
    for (const as of [AUTHORIZER, TRIAGE]) {
      expect((await exchange.post("/introspect", { token }, { as })).json).toEqual({ active: false });
    }
  });

  test.each(["Bearer", "DPoP"])("at /aws/credentials, as %s", async (scheme) => {
    const headers = { authorization: `${scheme} ${await txnToken()}` };
    const answer = await exchange.post("/aws/credentials", "", { as: TRIAGE, headers });
    expect([answer.status, codes(answer)]).toEqual([401, ["token.invalid"]]);
  });

  test("at /outbound", async () => {
    const answer = await outbound({ token: await txnToken() });
    expect([answer.status, codes(answer)]).toEqual([401, ["token.invalid"]]);
  });

  test.each([
    ["a user", TRIAGE, "answer", "user", ACCESS_TOKEN, "evidence.issuer-unknown"],
    ["a delegation", RESEARCHER, "lookup", "delegation", ACCESS_TOKEN, "evidence.type"],
    ["a delegation, under its own name", RESEARCHER, "lookup", "delegation", TXN_TOKEN, "evidence.type"],
  ])("as evidence of a start by %s", async (_, as, task, start, type, code) => {
    const form = {
      grant_type: TOKEN_EXCHANGE,
      subject_token: await txnToken(),
      subject_token_type: type,
      audience: "aws",
      authorization_details: details({ task, start }),
    };
    expect(codes(await exchange.post("/token", form, { as }))).toEqual([code]);
  });
});

describe("a transaction token is not given", () => {
  test.each<readonly [what: string, as: string | undefined, status: number, code: string]>([
    ["to the agent itself", TRIAGE, 400, "caller.not-listed"],
    ["to another agent", READER, 400, "caller.not-listed"],
    ["to an anonymous client", undefined, 401, "client.unauthenticated"],
  ])("%s", async (_, as, status, code) => {
    const answer = await exchange.post("/token", asking(await toolToken()), as === undefined ? {} : { as });
    expect([answer.status, codes(answer)]).toEqual([status, [code]]);
  });

  test("to a listed service that shows a JWT-SVID alone", async () => {
    const assertion = exchange.platform.authority.jwtSvid(AUTHORIZER_ID, exchange.issuer);
    const form = asking(await toolToken(), { client_assertion: assertion, client_assertion_type: JWT_SPIFFE });
    const answer = await exchange.post("/token", form);
    expect([answer.status, codes(answer)]).toEqual([401, ["client.unauthenticated"]]);
  });

  test("of a revoked token", async () => {
    const token = await toolToken();
    await exchange.post("/revoke", { token }, { as: TRIAGE });
    expect(codes(await exchange.post("/token", asking(token), { as: AUTHORIZER }))).toEqual(["transaction.ended"]);
  });
});

describe("/outbound", () => {
  test("fails when no identity is configured for the tool", async () => {
    const answer = await outbound({ token: await toolToken() });
    expect(answer).toMatchObject({ status: 400, json: { error: "invalid_target" } });
    expect(codes(answer)).toEqual(["outbound.undeclared"]);
  });

  test.each<readonly [what: string, body: unknown, as: string | undefined, type: object, status: number, code: string]>(
    [
      ["an agent asks", { token: "x" }, TRIAGE, JSON_TYPE, 400, "caller.not-listed"],
      ["there is no client", { token: "x" }, undefined, JSON_TYPE, 401, "client.unauthenticated"],
      ["it is a form", { token: "x" }, AUTHORIZER, {}, 400, "request.malformed"],
      ["there is no token", {}, AUTHORIZER, JSON_TYPE, 400, "request.malformed"],
      ["the token is empty", { token: "" }, AUTHORIZER, JSON_TYPE, 400, "request.malformed"],
      ["a tool is named", { token: "x", tool: "zendesk" }, AUTHORIZER, JSON_TYPE, 400, "request.malformed"],
      ["the token is none", { token: "x" }, AUTHORIZER, JSON_TYPE, 401, "token.invalid"],
    ],
  )("fails when %s", async (_, body, as, type, status, code) => {
    const answer = await exchange.post("/outbound", JSON.stringify(body), {
      headers: type as Record<string, string>,
      ...(as !== undefined && { as }),
    });
    expect([answer.status, codes(answer)]).toEqual([status, [code]]);
  });
});
