import { createHash } from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import { type DpopRequest, verifyDpop } from "../../../runtime/identity/dpop";
import { Refusal } from "../../../runtime/refusal/refusal";
import { compact, type Members, tokenKey } from "../../support/tokens";

const NOW = 1_800_000_000;
const URL_ = "https://exchange.prod.acme.example/token";
const REQUEST: DpopRequest = { method: "POST", url: URL_, now: NOW };
const key = tokenKey("");
const jwk = key.publicKey.export({ format: "jwk" });
const CLAIMS = { htm: "POST", htu: URL_, iat: NOW, jti: "a" };

const proof = (claims: Members = {}, header: Members = {}) =>
  compact({ alg: "ES256", typ: "dpop+jwt", jwk, ...header }, { ...CLAIMS, ...claims }, key.privateKey);
const athOf = (token: string) => createHash("sha256").update(token).digest("base64url");

async function problemOf(text: string, request: Partial<DpopRequest> = {}): Promise<string> {
  const error: unknown = await verifyDpop(text, { ...REQUEST, ...request }).catch((reason: unknown) => reason);
  if (!(error instanceof Refusal)) throw new Error(`accepted: ${JSON.stringify(error)}`);
  expect([error.error, error.reasons]).toEqual(["invalid_dpop_proof", Refusal.of("dpop.invalid").reasons]);
  return (error.cause as Error).message;
}

describe("a DPoP proof is accepted", () => {
  test("and names its key by its thumbprint, not by the key's own kid", async () => {
    const jkt = await calculateJwkThumbprint(jwk);
    expect(await verifyDpop(proof(), REQUEST)).toEqual({ jti: "a", jkt, issuedAt: NOW });
    const more = { ...jwk, kid: "x", use: "sig", alg: "ES256", key_ops: ["verify"], ext: true };
    expect((await verifyDpop(proof({}, { jwk: more }), REQUEST)).jkt).toBe(jkt);
  });

  test.each<[string, Members, Partial<DpopRequest>]>([
    ["60 s old", { iat: NOW - 60 }, {}],
    ["of a clock that is 60 s ahead", { iat: NOW + 60 }, {}],
    ["with a fraction of a second", { iat: NOW - 59.5 }, {}],
    ["with a jti of 256 characters", { jti: "x".repeat(256) }, {}],
    ["for an address with a query, which it leaves out", {}, { url: `${URL_}?a=b` }],
    ["for an address with a fragment, which it leaves out", {}, { url: `${URL_}#a` }],
    ["with the host in capitals", { htu: URL_.replace("exchange", "EXCHANGE") }, {}],
    ["with the default port", { htu: URL_.replace(".example", ".example:443") }, {}],
    ["with unknown claims", { nonce: "a", exp: 1 }, {}],
    ["with the digest of the token it comes with", { ath: athOf("token") }, { accessToken: "token" }],
  ])("%s", async (_, claims, request) => {
    await expect(verifyDpop(proof(claims), { ...REQUEST, ...request })).resolves.toBeDefined();
  });
});

describe("a DPoP proof fails when it", () => {
  const HTU = `htu must be ${URL_}`;
  const ATH = "ath must be the digest of the access token that the proof comes with";
  const JTI = "jti must be a string of at most 256 characters";
  const CLAIMED: readonly [string, Members, string, Partial<DpopRequest>?][] = [
    ["is for another method", { htm: "GET" }, "htm must be POST"],
    ["is for the method in small letters", { htm: "post" }, "htm must be POST"],
    ["names no method", { htm: undefined }, "htm must be POST"],
    ["is for another path", { htu: `${URL_}/other` }, HTU],
    ["is for the path with a slash behind", { htu: `${URL_}/` }, HTU],
    ["is for another host", { htu: URL_.replace("prod", "dev") }, HTU],
    ["is for another port", { htu: URL_.replace(".example", ".example:8443") }, HTU],
    ["is for http", { htu: URL_.replace("https", "http") }, HTU],
    ["names a query", { htu: `${URL_}?a=b` }, HTU],
    ["names an empty query", { htu: `${URL_}?` }, HTU],
    ["names a fragment", { htu: `${URL_}#a` }, HTU],
    ["names a user", { htu: URL_.replace("//", "//root@") }, "the address must name no user"],
    ["is for a path only", { htu: "/token" }, "Invalid URL"],
    ["has a list as address", { htu: [URL_] }, HTU],
    ["names no address", { htu: undefined }, HTU],
    ["is 61 s old", { iat: NOW - 61 }, "iat must be of now"],
    ["is 61 s ahead", { iat: NOW + 61 }, "iat must be of now"],
    ["has no time", { iat: undefined }, "iat must be seconds since the epoch"],
    ["has text as time", { iat: String(NOW) }, "iat must be seconds since the epoch"],
    ["has no jti", { jti: undefined }, JTI],
    ["has an empty jti", { jti: "" }, JTI],
    ["has a jti of 257 characters", { jti: "x".repeat(257) }, JTI],
    ["has a number as jti", { jti: 1 }, JTI],
    ["comes with a token that it does not name", {}, ATH, { accessToken: "token" }],
    ["comes with another token", { ath: athOf("other") }, ATH, { accessToken: "token" }],
    ["names a token as it is", { ath: "token" }, ATH, { accessToken: "token" }],
    [
      "names a token's digest in hex",
      { ath: createHash("sha256").update("token").digest("hex") },
      ATH,
      { accessToken: "token" },
    ],
    ["names a token, but comes without", { ath: athOf("token") }, ATH],
  ];
  test.each(CLAIMED.map(([name, ...row]) => [name, row] as const))("%s", async (_, [claims, message, request]) => {
    expect(await problemOf(proof(claims), request)).toBe(message);
  });

  const SIGNATURE = "the signature must be of the key in jwk";
  test.each<[string, Members, string]>([
    ["is of type JWT", { typ: "JWT" }, "typ must be dpop+jwt"],
    ["is of its type in capitals", { typ: "DPOP+JWT" }, "typ must be dpop+jwt"],
    ["has no type", { typ: undefined }, "typ must be dpop+jwt"],
    ["holds no key", { jwk: undefined }, "jwk must be a public key"],
    ["names its key only", { jwk: undefined, kid: "a" }, "jwk must be a public key"],
    ["holds a private key", { jwk: key.privateKey.export({ format: "jwk" }) }, SIGNATURE],
    ["holds a key with an empty secret", { jwk: { ...jwk, d: "" } }, SIGNATURE],
    ["holds another key", { jwk: tokenKey("").publicKey.export({ format: "jwk" }) }, SIGNATURE],
    ["holds a key for another use", { jwk: { ...jwk, use: "enc" } }, SIGNATURE],
    ["holds a key for another algorithm", { jwk: { ...jwk, alg: "ES384" } }, SIGNATURE],
    ["holds a key without y", { jwk: { ...jwk, y: undefined } }, SIGNATURE],
    ["holds a key that is not on the curve", { jwk: { ...jwk, y: jwk.x } }, SIGNATURE],
    ["holds a key of RSA", { jwk: tokenKey("", "RS256").publicKey.export({ format: "jwk" }) }, SIGNATURE],
  ])("%s", async (_, header, message) => {
    expect(await problemOf(proof({}, header))).toBe(message);
  });
});
