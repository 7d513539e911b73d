import { KeysUnavailable } from "../../../runtime/jose/key-source";
import { IdTokens } from "../../../runtime/people/id-tokens";
import { Refusal } from "../../../runtime/refusal/refusal";
import { endLogins } from "../../../runtime/session/ended-logins";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { StoreUnavailable } from "../../../runtime/store/store";
import { ID_TOKEN, idToken, idTokens, NOW, PEOPLE } from "../../support/exchange/people";
import { smallFleet } from "../../support/exchange/small-fleet";
import { type Members, tokenKey } from "../../support/tokens";

async function refusalOf(found: Promise<unknown>): Promise<Refusal> {
  return found.then(
    () => Promise.reject(new Error("it was not refused")),
    (error: unknown) => (error instanceof Refusal ? error : Promise.reject(error)),
  );
}

const codeOf = async (token: string, tokens = idTokens()) => (await refusalOf(tokens.of(token))).message;

test("an ID token says who logged in, when, and which groups the person is in", async () => {
  expect(await idTokens().of(idToken())).toEqual({
    issuer: PEOPLE.issuer,
    subject: "ada",
    email: "ada@acme.example",
    groups: new Set(["support-leads"]),
    authenticatedAt: NOW - 60,
  });
});

test.each<readonly [what: string, claims: Members]>([
  ["one audience in a list", { aud: [PEOPLE.clientId] }],
  ["this client as the authorized party", { azp: PEOPLE.clientId }],
  ["a nonce and what else a login has", { nonce: "n", at_hash: "a", sid: "s", acr: "1", amr: ["pwd"] }],
  ["the types of Keycloak and Cognito", { typ: "ID", token_use: "id" }],
  ["no group", { groups: [] }],
  ["a login as old as it may be", { auth_time: NOW - PEOPLE.recentLoginSeconds }],
  ["a clock that is ahead by a minute", { iat: NOW + 60, auth_time: NOW + 60, nbf: NOW + 60 }],
  ["its last second", { exp: NOW + 1 }],
])("%s is taken", async (_, claims) => {
  expect((await idTokens().of(idToken(claims))).subject).toBe("ada");
});

test.each<readonly [what: string, claims: Members]>([
  ["is not verified", { email_verified: false }],
  ["is not said to be verified", { email_verified: undefined }],
  ["is verified in a text", { email_verified: "true" }],
  ["is not there", { email: undefined }],
])("an e-mail address that %s is none", async (_, claims) => {
  expect((await idTokens().of(idToken(claims))).email).toBeUndefined();
});

test("groups are read from the claim that the platform names", async () => {
  const tokens = idTokens({ ...PEOPLE, groupsClaim: "https://acme.example/groups" });
  const token = idToken({ groups: ["support-leads"], "https://acme.example/groups": ["on-call"] });
  expect((await tokens.of(token)).groups).toEqual(new Set(["on-call"]));
});

type Row = readonly [code: string, what: string, claims: Members, header?: Members];

const REFUSED: readonly Row[] = [
  ["person.evidence", "another issuer", { iss: "https://login.example.net" }],
  ["person.evidence", "another spelling of the issuer", { iss: `${PEOPLE.issuer}/` }],
  ["person.evidence", "no issuer", { iss: undefined }],
  ["person.evidence", "no subject", { sub: undefined }],
  ["person.evidence", "an empty subject", { sub: "" }],
  ["person.evidence", "no auth_time", { auth_time: undefined }],
  ["person.evidence", "an auth_time in a text", { auth_time: `${NOW}` }],
  ["person.evidence", "an algorithm that is not declared", {}, { alg: "RS256" }],
  ["person.evidence", "no algorithm", {}, { alg: "none" }],
  ["person.evidence", "another key", {}, { kid: "login-2" }],
  ["person.evidence", "the type of an access token", {}, { typ: "at+jwt" }],
  ["person.evidence", "the type of a logout token", {}, { typ: "logout+jwt" }],
  ["person.evidence", "the type of a start token", {}, { typ: "ambit-start+jwt" }],
  ["person.evidence", "the client of an access token", { client_id: PEOPLE.clientId }],
  ["person.evidence", "the scope of an access token", { scope: "openid" }],
  ["person.evidence", "the type of an access token of Keycloak", { typ: "Bearer" }],
  ["person.evidence", "the use of an access token of Cognito", { token_use: "access" }],
  ["person.evidence", "the events of a logout token", { events: {} }],
  ["person.other-client", "another audience", { aud: "https://exchange.prod.acme.example" }],
  ["person.other-client", "no audience", { aud: undefined }],
  ["person.other-client", "another audience besides", { aud: [PEOPLE.clientId, "other"] }],
  ["person.other-client", "another audience before", { aud: ["other", PEOPLE.clientId] }],
  ["person.other-client", "this audience twice", { aud: [PEOPLE.clientId, PEOPLE.clientId] }],
  ["person.other-client", "another authorized party", { azp: "other" }],
  ["person.other-client", "an authorized party that is no text", { azp: null }],
  ["person.expired", "an end that is now", { exp: NOW }],
  ["person.expired", "no end", { exp: undefined }],
  ["person.from-future", "a later issue", { iat: NOW + 61 }],
  ["person.from-future", "no issue", { iat: undefined }],
  ["person.from-future", "a later beginning", { nbf: NOW + 61 }],
  ["person.from-future", "a later login", { auth_time: NOW + 61 }],
  ["person.stale-login", "an old login", { auth_time: NOW - PEOPLE.recentLoginSeconds - 1 }],
  ["person.stale-login", "an old login under a new token", { auth_time: NOW - 86_400, iat: NOW }],
  ["person.no-groups", "no groups", { groups: undefined }],
  ["person.no-groups", "one group in a text", { groups: "support-leads" }],
  ["person.no-groups", "a group that is no text", { groups: ["support-leads", 1] }],
  ["person.no-groups", "an empty group", { groups: [""] }],
  ["person.no-groups", "more groups than any token has", { groups: Array.from({ length: 1_001 }, (_, n) => `${n}`) }],
  [
    "person.no-groups",
    "an address of groups, as Entra ID writes it",
    { groups: undefined, _claim_names: { groups: "src1" }, _claim_sources: { src1: { endpoint: "https://graph" } } },
  ],
];

const WHOLE = REFUSED.map(([code, what, claims, header = {}]) => [code, what, claims, header] as const);

test.each(WHOLE)("%s: an ID token with %s", async (code, _, claims, header) => {
  expect(await codeOf(idToken(claims, header))).toBe(code);
});

test("a token that an attacker signed under the key's name is refused", async () => {
  expect(await codeOf(idToken({}, {}, tokenKey("login-1")))).toBe("person.evidence");
});

test("what is no token is refused, and said to be no ID token", async () => {
  const { reasons } = await refusalOf(idTokens().of("a.b.c"));
  expect(reasons).toEqual([expect.objectContaining({ code: "person.evidence", what: "the ID token is no sound JWT" })]);
});

test("a refusal of an old login says how old it may be", async () => {
  const { reasons } = await refusalOf(idTokens().of(idToken({ auth_time: NOW - 901 })));
  expect(reasons.map(({ what }) => what)).toEqual(["the login was more than 900 s ago"]);
});

test("every token is refused where the platform declares no people", async () => {
  const registry = { current: () => smallFleet([], []) };
  const never = () => Promise.reject(new Error("keys were looked for"));
  const tokens = new IdTokens({ registry, keysOf: () => ({ keyOf: never }), state: never, clock: () => NOW });
  expect(await codeOf(idToken(ID_TOKEN), tokens)).toBe("person.undeclared");
});

test("keys that cannot be read are no fault of the person", async () => {
  const registry = { current: () => ({ ...smallFleet([], []), people: PEOPLE as never }) };
  const gone = () => Promise.reject(new KeysUnavailable("no answer"));
  const tokens = new IdTokens({ registry, keysOf: () => ({ keyOf: gone }), state: gone, clock: () => NOW });
  expect(await codeOf(idToken({ jti: "unseen" }), tokens)).toBe("person.keys-unavailable");
});

describe("where the identity provider has ended the logins of", () => {
  const before = NOW - 60;
  const tokensAfter = async (subject: string, issuer = PEOPLE.issuer) => {
    const store = new MemoryStore(() => NOW);
    await store.write([endLogins({ issuer, subject }, undefined, { before, at: NOW - 30 })]);
    return idTokens(PEOPLE, NOW, store);
  };

  test.each([
    ["just before", before - 1],
    ["in the same second", before],
    ["later in the same second", before + 0.9],
  ])("the person, a login %s is none, however new its token", async (_, time) => {
    const { message, reasons } = await refusalOf((await tokensAfter("ada")).of(idToken({ auth_time: time, iat: NOW })));
    expect([message, reasons[0]?.what]).toEqual(["person.stale-login", "the identity provider has ended the login"]);
  });

  test("the person, a later login is one", async () => {
    expect((await (await tokensAfter("ada")).of(idToken({ auth_time: before + 1 }))).subject).toBe("ada");
  });

  test.each([
    ["another person", "bob", PEOPLE.issuer],
    ["a user of another issuer", "ada", "https://other.example"],
  ])("%s, nothing changes for the person", async (_, subject, issuer) => {
    expect((await (await tokensAfter(subject, issuer)).of(idToken())).subject).toBe("ada");
  });
});

test("no person is known while it cannot be read whose logins have ended", async () => {
  const store = { read: () => Promise.reject(new StoreUnavailable("the table is gone")) };
  await expect(idTokens(PEOPLE, NOW, store as never).of(idToken())).rejects.toThrow(StoreUnavailable);
});
