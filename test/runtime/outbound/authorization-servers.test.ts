import { createPublicKey } from "node:crypto";
import type { ServerResponse } from "node:http";
import { decodeJwt, jwtVerify } from "jose";
import type { ClientCredentials, OutboundClient, UserGrant } from "../../../domain";
import { ClientAuthentication } from "../../../runtime/outbound/client-authentication";
import { OutboundFailure } from "../../../runtime/outbound/credential";
import { formPost } from "../../../runtime/outbound/form-post";
import { ClientCredentialsCredential } from "../../../runtime/outbound/kinds/client-credentials";
import { CHAINED, TOKEN_EXCHANGE, type Trade, UserGrantCredential } from "../../../runtime/outbound/kinds/user-grant";
import { Assertions } from "../../../runtime/outbound/signed";
import { KeySet } from "../../../runtime/signer/key-set";
import { ALICE, CHIEF, CLERK, HopsWorld, ISSUER, LOGIN } from "../../support/exchange/hops-world";
import { TokenMaker } from "../../support/exchange/token-maker";
import {
  AUTHORITY,
  AuthorizationServer,
  say,
  token,
  type TokenSaid,
} from "../../support/outbound/authorization-server";
import { refused } from "../../support/exchange/aws-world";

const NOW = 1_800_000_000;
const AUDIENCE = "https://login.tool.example";
const SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:tool-AbCdEf";
const BY_SECRET: OutboundClient = { id: "exchange client", secret: SECRET };
const BY_KEY: OutboundClient = { id: "exchange", key: "exchange" };
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

const server = new AuthorizationServer();
const maker = new TokenMaker("exchange-1");
beforeAll(() => server.listen());
afterAll(() => server.close());
beforeEach(() => {
  server.forms.splice(0);
  server.headers.splice(0);
  server.answer = (response) => say(response, token("downstream-1"));
});

async function parts() {
  const keys = await KeySet.of([maker]);
  const assertions = new Assertions(keys, () => NOW);
  const secrets = { read: async () => ({ text: "pa:ss wörd", expiresAt: NOW + 300 }) };
  const clients = new ClientAuthentication(secrets, assertions);
  return { issuer: ISSUER, assertions, clients, post: formPost(AUTHORITY), clock: () => NOW };
}

const grant = (change: Partial<UserGrant> = {}): UserGrant => ({
  kind: "chained",
  tokenEndpoint: server.tokenEndpoint,
  audience: AUDIENCE,
  client: BY_KEY,
  ...change,
});

async function facts(user: typeof ALICE | null = ALICE, issuers: readonly string[] = [LOGIN]) {
  const hops = new HopsWorld();
  hops.world.now = NOW;
  const run = await hops.handed(user);
  return { claims: { ...hops.world.claims(run, { aud: "tool:mail" }), exp: NOW + 200 }, issuers };
}

async function traded(trade: Trade, identity = grant(), given = facts(), signal = AbortSignal.timeout(5_000)) {
  return new UserGrantCredential({ ...(await parts()), identity }, trade).headersFor(await given, signal);
}

async function own(identity: Partial<ClientCredentials> = {}) {
  const all: ClientCredentials = {
    kind: "client-credentials",
    tokenEndpoint: server.tokenEndpoint,
    client: BY_KEY,
    ...identity,
  };
  return new ClientCredentialsCredential({ ...(await parts()), identity: all }).headersFor(
    await facts(),
    AbortSignal.timeout(5_000),
  );
}

const form = (): Record<string, string> => Object.fromEntries(server.forms[0] as URLSearchParams);
const verified = async (assertion: string, audience: string) => {
  const key = createPublicKey(await maker.publicKeyPem());
  return jwtVerify(assertion, key, { audience, currentDate: new Date(NOW * 1_000) });
};

describe("the user's token", () => {
  test("is traded for a signed grant that says who the user is and who acts (RFC 7523)", async () => {
    const given = facts();
    expect(await traded(CHAINED, grant({ scope: "mail.read mail.send" }), given)).toEqual({
      headers: { authorization: "Bearer downstream-1" },
      expiresAt: NOW + 600,
    });
    const { assertion = "", client_assertion: proof = "", ...rest } = form();
    expect(rest).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      scope: "mail.read mail.send",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    });
    const { payload, protectedHeader } = await verified(assertion, AUDIENCE);
    expect(protectedHeader).toEqual({ alg: "ES256", kid: "exchange-1", typ: "JWT" });
    expect(payload).toEqual({
      iss: ISSUER,
      sub: "alice",
      aud: AUDIENCE,
      client_id: "exchange",
      act: { sub: CLERK, act: { sub: CHIEF } },
      txn: (await given).claims.txn,
      jti: expect.stringMatching(/^[\w-]{22}$/),
      iat: NOW,
      exp: NOW + 60,
    });
    const client = await verified(proof, AUDIENCE);
    expect(client.protectedHeader.typ).toBe("client-authentication+jwt");
    expect(client.payload).toMatchObject({ iss: "exchange", sub: "exchange", exp: NOW + 60 });
    expect(client.payload.jti).not.toBe(payload.jti);
  });

  test("is exchanged for the same JWT (RFC 8693)", async () => {
    server.answer = (response) => say(response, token("downstream-2", { issued_token_type: ACCESS_TOKEN }));
    const { headers } = await traded(TOKEN_EXCHANGE, grant({ kind: "token-exchange" }));
    expect(headers).toEqual({ authorization: "Bearer downstream-2" });
    expect(form()).toMatchObject({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      requested_token_type: ACCESS_TOKEN,
    });
    expect(decodeJwt(form().subject_token as string)).toMatchObject({ sub: "alice", act: { sub: CLERK } });
  });

  test("is asked for with a grant that ends with the tool token", async () => {
    const { claims, issuers } = await facts();
    await traded(CHAINED, grant(), Promise.resolve({ claims: { ...claims, exp: NOW + 7 }, issuers }));
    expect(decodeJwt(form().assertion as string).exp).toBe(NOW + 7);
  });

  test("is asked for by a client with a secret, in the header alone, encoded as RFC 6749 says", async () => {
    await traded(CHAINED, grant({ client: BY_SECRET }));
    const [, pair = ""] = server.headers[0]?.authorization?.split(" ") ?? [];
    expect(Buffer.from(pair, "base64").toString()).toBe("exchange+client:pa%3Ass+w%C3%B6rd");
    expect(Object.keys(form()).sort()).toEqual(["assertion", "grant_type"]);
  });

  test.each<readonly [what: string, subject: UserGrant["subject"], issuers: readonly string[], sub: string]>([
    ["the same as here", undefined, [LOGIN], "alice"],
    ["the same as here, by name", "sub", [LOGIN], "alice"],
    ["a text with the subject in it", { [LOGIN]: "acme|{sub}" }, [LOGIN, "https://other.example"], "acme|alice"],
    ["a text that looks like a pattern", { [LOGIN]: "$&{sub}$1" }, [LOGIN], "$&alice$1"],
  ])("names the user as %s", async (_, subject, issuers, sub) => {
    await traded(CHAINED, grant(subject === undefined ? {} : { subject }), facts(ALICE, issuers));
    expect(decodeJwt(form().assertion as string).sub).toBe(sub);
  });

  test.each<readonly [what: string, subject: UserGrant["subject"], given: ReturnType<typeof facts>, code: string]>([
    ["there is no user", "sub", facts(null), "user.missing"],
    [
      "a subject could belong to a user of a second issuer",
      "sub",
      facts(ALICE, [LOGIN, "https://b.example"]),
      "outbound.undeclared",
    ],
    ["the only issuer is another now", "sub", facts(ALICE, ["https://b.example"]), "outbound.undeclared"],
    ["the issuer is not in the map", { "https://b.example": "{sub}" }, facts(), "outbound.undeclared"],
    ["the map has it from its prototype alone", { "https://b.example": "{sub}" }, prototype(), "outbound.undeclared"],
  ])("fails when %s, without a request to the authorization server", async (_, subject, given, code) => {
    expect(await refused(traded(CHAINED, grant({ subject: subject as "sub" }), given))).toEqual([code]);
    expect(server.forms).toEqual([]);
  });
});

async function prototype() {
  return facts({ issuer: "constructor", subject: "alice" });
}

describe("a tool's own token", () => {
  test("is asked for by the client's credentials (RFC 6749 section 4.4)", async () => {
    expect(await own({ scope: "crm", audience: "https://crm.example" })).toEqual({
      headers: { authorization: "Bearer downstream-1" },
      expiresAt: NOW + 600,
    });
    expect(form()).toMatchObject({ grant_type: "client_credentials", scope: "crm", audience: "https://crm.example" });
    await verified(form().client_assertion as string, server.tokenEndpoint);
  });

  test("says nothing of who calls", async () => {
    await own({ client: BY_SECRET });
    expect(form()).toEqual({ grant_type: "client_credentials" });
  });
});

/** Answers of an authorization server */
test.each<readonly [what: string, said: TokenSaid, seconds: number]>([
  ["names no life", { expires_in: undefined }, 0],
  ["writes bearer in small letters", { token_type: "bearer" }, 600],
  ["has a life with a fraction", { expires_in: 1.9 }, 1],
  ["lives for a day", { expires_in: 86_400 }, 3_600],
])("a token is taken that %s", async (_, said, seconds) => {
  server.answer = (response) => say(response, token("x", said));
  expect((await own()).expiresAt).toBe(NOW + seconds);
});

const origin = (): string => new URL(server.tokenEndpoint).origin;

test.each<readonly [what: string, answer: (response: ServerResponse) => void, because: string]>([
  [
    "is bound to a proof",
    (r) => say(r, token("x", { token_type: "DPoP" })),
    "must answer a token of token_type Bearer",
  ],
  ["is of no kind", (r) => say(r, token("x", { token_type: undefined })), "must answer a token of token_type Bearer"],
  ["is not there", (r) => say(r, { token_type: "Bearer" }), "answered without access_token"],
  ["is a number", (r) => say(r, token(7 as never)), "answered without access_token"],
  ["is two headers", (r) => say(r, token("x\r\nx-admin: 1")), "must be visible ASCII"],
  ["is empty", (r) => say(r, token("")), "must be visible ASCII"],
  ["is 17,000 characters long", (r) => say(r, token("x".repeat(17_000))), "at most 16384 characters"],
  ["lived before now", (r) => say(r, token("x", { expires_in: -1 })), "must be a number of seconds"],
  ["has a life in words", (r) => say(r, token("x", { expires_in: "600" })), "must be a number of seconds"],
  ["is of another content type", (r) => say(r, token("x"), 200, "text/html"), "of type application/json"],
  ["is of no content type", (r) => r.end(JSON.stringify(token("x"))), "of type application/json"],
  ["is no JSON", (r) => say(r, "access_token=x"), "of type application/json"],
  ["has a member twice", (r) => say(r, '{"access_token":"a","access_token":"b","token_type":"Bearer"}'), "JSON object"],
  ["is a list", (r) => say(r, [token("x")]), "JSON object"],
  ["was created", (r) => say(r, token("x"), 201), "answered with status 201"],
  [
    "is elsewhere",
    (r) => r.writeHead(307, { location: "https://evil.example/token" }).end(),
    "answered with status 307",
  ],
  [
    "was refused",
    (r) => say(r, { error: "invalid_grant", error_description: "alice@x" }, 400),
    "status 400 and invalid_grant",
  ],
  ["was refused for a reason of its own", (r) => say(r, { error: "<alice>" }, 400), "answered with status 400"],
  ["was not found", (r) => say(r, "<html>alice</html>", 404, "text/html"), "answered with status 404"],
  ["is over 64 KiB", (r) => say(r, { ...token("x"), pad: "x".repeat(65_536) }), "must answer at most 65536 bytes"],
  [
    "broke off",
    (r) => (r.writeHead(200, { "content-type": "application/json", "content-length": 99 }), r.write("{"), r.destroy()),
    "failed: ECONNRESET",
  ],
  ["never came", (r) => r.destroy(), "failed: ECONNRESET"],
  [
    "is an upgrade",
    (r) => r.socket?.end("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
    "answered with an upgrade",
  ],
])("fails when a token %s, and what it says of it goes nowhere", async (_, answer, because) => {
  server.answer = answer;
  const failure = await own().then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  expect(failure).toBeInstanceOf(OutboundFailure);
  expect(failure?.message).toContain(because);
  expect(failure?.message).toContain(origin());
  expect(failure?.message).not.toContain("alice");
  expect(server.forms).toHaveLength(1);
});

test.each<readonly [what: string, said: TokenSaid]>([
  ["an ID token", { issued_token_type: "urn:ietf:params:oauth:token-type:id_token" }],
  ["of an undeclared type", {}],
])("fails when what was exchanged is %s", async (_, said) => {
  server.answer = (response) => say(response, token("x", said));
  const asked = traded(TOKEN_EXCHANGE, grant({ kind: "token-exchange" }));
  await expect(asked).rejects.toThrow("must answer a token of issued_token_type access_token");
});

test("fails when a server does not answer in time", async () => {
  server.answer = () => undefined;
  const asked = traded(CHAINED, grant(), facts(), AbortSignal.timeout(60));
  await expect(asked).rejects.toThrow(new OutboundFailure(`${origin()} answered too late`));
});

test("fails when no authority that the exchange trusts signed the server's certificate", async () => {
  const identity: ClientCredentials = {
    kind: "client-credentials",
    tokenEndpoint: server.tokenEndpoint,
    client: BY_KEY,
  };
  const trusting = new ClientCredentialsCredential({ ...(await parts()), post: formPost(), identity });
  const asked = trusting.headersFor(await facts(), AbortSignal.timeout(5_000));
  await expect(asked).rejects.toThrow(new OutboundFailure(`${origin()} failed: DEPTH_ZERO_SELF_SIGNED_CERT`));
  expect(server.forms).toEqual([]);
});

test("fails when the signer is gone: no authorization server is asked", async () => {
  const keys = await KeySet.of([maker]);
  keys.makeVoid(["exchange-1"]);
  const all = await parts();
  const assertions = new Assertions(keys, () => NOW);
  const broken = new UserGrantCredential({ ...all, assertions, identity: grant({ client: BY_SECRET }) }, CHAINED);
  expect(await refused(broken.headersFor(await facts(), AbortSignal.timeout(5_000)))).toEqual(["signer.unavailable"]);
  expect(server.forms).toEqual([]);
});
