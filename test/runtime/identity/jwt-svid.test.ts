import { JwtSvidVerifier } from "../../../runtime/identity/jwt-svid";
import { type KeySource, KeysUnavailable, StaticKeys } from "../../../runtime/jose/key-source";
import { Refusal } from "../../../runtime/refusal/refusal";
import { compact, jwkOf, type Members, tokenKey } from "../../support/tokens";

const NOW = 1_800_000_000;
const ISSUER = "https://exchange.prod.acme.example";
const AGENT = "spiffe://prod.acme.example/ns/support/sa/triage";
const KEYS = {
  ES256: tokenKey("spire-1", "ES256"),
  ES384: tokenKey("spire-2", "ES384"),
  RS256: tokenKey("spire-3", "RS256"),
  EdDSA: tokenKey("spire-4", "EdDSA"),
} as const;
const bundle = new StaticKeys({
  keys: Object.values(KEYS).map((key) => jwkOf(key, { use: "jwt-svid" })),
  spiffe_sequence: 1,
  spiffe_refresh_hint: 300,
});

const CLAIMS = { sub: AGENT, aud: [ISSUER], iat: NOW - 10, exp: NOW + 290 };

function svid(claims: Members = {}, header: Members = {}, by: keyof typeof KEYS = "ES256"): string {
  const { kid, privateKey } = KEYS[by];
  return compact({ alg: by, kid, typ: "JWT", ...header }, { ...CLAIMS, ...claims }, privateKey);
}

const verify = (token: string, keys: KeySource = bundle) =>
  new JwtSvidVerifier({ keys, trustDomain: "prod.acme.example", audience: ISSUER }).verify(token, NOW);

/** Text of the log; the client gets one text for all of them. */
async function problemOf(token: string, keys: KeySource = bundle): Promise<string> {
  const error: unknown = await verify(token, keys).catch((reason: unknown) => reason);
  if (!(error instanceof Refusal)) throw new Error(`accepted: ${JSON.stringify(error)}`);
  expect([error.error, error.reasons, error.more]).toEqual([
    "invalid_client",
    Refusal.of("client.unauthenticated").reasons,
    {},
  ]);
  return (error.cause as Error).message;
}

describe("a JWT-SVID is accepted", () => {
  test("and names a workload of the trust domain", async () => {
    expect(await verify(svid())).toEqual({ spiffeId: AGENT, expiresAt: NOW + 290 });
  });

  test.each<[string, string]>([
    ["of ES384", svid({}, {}, "ES384")],
    ["of RS256", svid({}, {}, "RS256")],
    ["of PS256", svid({}, { alg: "PS256" }, "RS256")],
    ["with its one audience as text", svid({ aud: ISSUER })],
    ["of type JOSE", svid({}, { typ: "JOSE" })],
    ["without a type", svid({}, { typ: undefined })],
    ["without iat, where it ends within 5 min", svid({ iat: undefined, exp: NOW + 300 })],
    ["with iss, jti and nbf, which are optional", svid({ iss: "https://spire", jti: "a", nbf: NOW })],
    ["of a clock that is 60 s ahead", svid({ iat: NOW + 60, nbf: NOW + 60, exp: NOW + 360 })],
    ["with a fraction of a second left", svid({ exp: NOW + 0.5 })],
  ])("%s", async (_, token) => {
    expect((await verify(token)).spiffeId).toBe(AGENT);
  });
});

describe("a JWT-SVID fails when it", () => {
  const WORKLOAD = "sub must be a workload of prod.acme.example";
  const LONG = "the token must live for at most 5 min";
  const AHEAD = "iat and nbf must not lie ahead";
  const ENDED = "exp must lie ahead";
  const SIGNATURE = "the signature must be of the trust domain";
  const AUDIENCE = `aud must be only ${ISSUER}`;
  test.each<[string, string, string]>([
    ["has no sub", svid({ sub: undefined }), WORKLOAD],
    ["has a list as sub", svid({ sub: [AGENT] }), WORKLOAD],
    ["is of another trust domain", svid({ sub: "spiffe://dev.acme.example/ns/support/sa/triage" }), WORKLOAD],
    ["names the trust domain only", svid({ sub: "spiffe://prod.acme.example" }), WORKLOAD],
    ["names no SPIFFE ID", svid({ sub: "triage" }), WORKLOAD],
    ["has an encoded SPIFFE ID", svid({ sub: AGENT.replace("triage", "%74riage") }), WORKLOAD],
    ["has a SPIFFE ID with dots", svid({ sub: AGENT.replace("triage", "../triage") }), WORKLOAD],
    ["has a line feed behind its SPIFFE ID", svid({ sub: `${AGENT}\n` }), WORKLOAD],
    ["is for another exchange too", svid({ aud: [ISSUER, "https://other.acme.example"] }), AUDIENCE],
    ["is for another audience", svid({ aud: "https://other.acme.example" }), AUDIENCE],
    ["is for the token endpoint", svid({ aud: `${ISSUER}/token` }), AUDIENCE],
    ["has no audience", svid({ aud: [] }), AUDIENCE],
    ["has no audience", svid({ aud: undefined }), AUDIENCE],
    ["ends now", svid({ exp: NOW }), ENDED],
    ["never ends", svid({ exp: undefined }), "exp must be seconds since the epoch"],
    ["ends at a text", svid({ exp: "soon" }), "exp must be seconds since the epoch"],
    ["lives for more than 5 min", svid({ iat: NOW, exp: NOW + 301 }), LONG],
    ["has no iat, and ends after more than 5 min", svid({ iat: undefined, exp: NOW + 301 }), LONG],
    ["was issued long ago", svid({ iat: NOW - 3_600 }), LONG],
    ["was issued more than 60 s ahead", svid({ iat: NOW + 61, exp: NOW + 300 }), AHEAD],
    ["begins more than 60 s ahead", svid({ nbf: NOW + 61 }), AHEAD],
    ["has null as iat", svid({ iat: null }), "iat must be seconds since the epoch"],
    ["has text as nbf", svid({ nbf: "now" }), "nbf must be seconds since the epoch"],
    ["is of type at+jwt", svid({}, { typ: "at+jwt" }), "typ must be JWT, JOSE or left out"],
    ["is of type jwt in small letters", svid({}, { typ: "jwt" }), "typ must be JWT, JOSE or left out"],
    ["is of Ed25519", svid({}, {}, "EdDSA"), "alg must be one of ES256, ES384, RS256, PS256"],
    ["names the key of another algorithm", svid({}, { kid: "spire-2" }), SIGNATURE],
    ["names another key of RSA", svid({}, { kid: "spire-3" }), SIGNATURE],
    ["names no key that is known", svid({}, { kid: "spire-9" }), SIGNATURE],
    ["names no key", svid({}, { kid: undefined }), "kid must name the key in at most 512 characters"],
  ])("%s", async (_, token, message) => {
    expect(await problemOf(token)).toBe(message);
  });

  test("is signed with a key for X.509-SVIDs", async () => {
    const keys = new StaticKeys({ keys: [jwkOf(KEYS.ES256, { use: "x509-svid" })] });
    expect(await problemOf(svid(), keys)).toBe(SIGNATURE);
  });

  test("comes while no keys are known", async () => {
    const keys = { keyOf: () => Promise.reject(new KeysUnavailable("no answer")) };
    expect(await problemOf(svid(), keys)).toBe("no answer");
  });

  test("is for another audience, and no key is looked for", async () => {
    const keyOf = jest.fn();
    await problemOf(svid({ aud: "https://other.acme.example" }), { keyOf });
    await problemOf(svid({ exp: NOW }), { keyOf });
    expect(keyOf).not.toHaveBeenCalled();
  });
});
