import { compactVerify, createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet } from "jose";
import { Refusal } from "../../../runtime/refusal/refusal";
import { KeySet } from "../../../runtime/signer/key-set";
import { KmsSigner } from "../../../runtime/signer/kms-signer";
import type { Signer } from "../../../runtime/signer/signer";
import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import { TokenReader } from "../../../runtime/token/token-reader";
import { TokenWriter } from "../../../runtime/token/token-writer";
import { FRONT, TRIAGE } from "../../support/exchange/small-fleet";
import { CLAIMS, ISSUER, KEYS, NOW, PARENT_CLAIMS, signerOf } from "../../support/exchange/token-world";
import { FakeKms } from "../../support/fake-kms";
import { compact, type Members, tokenKey } from "../../support/tokens";

const OWN: AccessTokenClaims = CLAIMS.own;
const keySet = (...signers: readonly Signer[]) => KeySet.of(signers);
const readerOf = (keys: KeySet, issuer = ISSUER) => new TokenReader({ issuer, keys });

async function refused(reading: Promise<unknown>): Promise<Refusal> {
  const found: unknown = await reading.catch((error: unknown) => error);
  if (found instanceof Refusal) return found;
  throw new Error(`accepted: ${JSON.stringify(found)}`);
}

describe("what the exchange writes", () => {
  test("any client verifies with its key set", async () => {
    const keys = await keySet(signerOf(KEYS.exchange));
    const token = await new TokenWriter(keys).write(OWN);
    const { payload } = await compactVerify(token, createLocalJWKSet(keys.jwks as unknown as JSONWebKeySet));
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual(OWN);
    expect(decodeProtectedHeader(token)).toEqual({ alg: "ES256", kid: "exchange-1", typ: "at+jwt" });
  });

  test("it reads back, with a key file and with KMS", async () => {
    const kms = await KmsSigner.of({ client: new FakeKms().client, key: "alias/tokens" });
    for (const signer of [signerOf(KEYS.exchange), kms]) {
      const keys = await keySet(signer);
      expect(await readerOf(keys).read(await new TokenWriter(keys).write(OWN), NOW)).toEqual(OWN);
    }
  });

  test("it reads back after the key was rotated", async () => {
    const old = signerOf(KEYS.exchange);
    const token = await new TokenWriter(await keySet(old)).write(OWN);
    const rotated = await keySet(signerOf(tokenKey("exchange-2")), old);
    expect(await readerOf(rotated).read(token, NOW)).toEqual(OWN);
    expect(decodeProtectedHeader(await new TokenWriter(rotated).write(OWN)).kid).toBe("exchange-2");
  });

  test("it does not read back once the key is void", async () => {
    const keys = await keySet(signerOf(KEYS.exchange), signerOf(tokenKey("exchange-2")));
    const token = await new TokenWriter(keys).write(OWN);
    keys.makeVoid(["exchange-1"]);
    expect((await refused(readerOf(keys).read(token, NOW))).reasons).toEqual(Refusal.of("token.invalid").reasons);
    expect(await readerOf(keys).examine(token, NOW)).toBe("evidence.signature");
    expect(decodeProtectedHeader(await new TokenWriter(keys).write(OWN)).kid).toBe("exchange-2");
  });

  test.each<[string, Partial<Signer>]>([
    ["fails", { sign: () => Promise.reject(new Error("ThrottlingException")) }],
    ["gives a signature in DER", { sign: async () => new Uint8Array(70) }],
    ["gives no signature", { sign: async () => new Uint8Array(0) }],
  ])("is nothing where the signer %s", async (_, broken) => {
    const keys = await keySet({ ...signerOf(KEYS.exchange), ...broken });
    const refusal = await refused(new TokenWriter(keys).write(OWN));
    expect([refusal.error, refusal.reasons[0]?.code]).toEqual(["temporarily_unavailable", "signer.unavailable"]);
  });

  test("is nothing where every key is void", async () => {
    const keys = await keySet(signerOf(KEYS.exchange));
    keys.makeVoid(keys.keyIds);
    expect((await refused(new TokenWriter(keys).write(OWN))).reasons[0]?.code).toBe("signer.unavailable");
  });
});

describe("an access token", () => {
  const read = async (claims: Members, now = NOW, header: Members = {}) => {
    const named = { alg: "ES256", kid: KEYS.exchange.kid, typ: "at+jwt", ...header };
    return readerOf(await keySet(signerOf(KEYS.exchange))).examine(
      compact(named, claims, KEYS.exchange.privateKey),
      now,
    );
  };

  const agent: Members = { sub: FRONT, sub_id: { format: "uri", uri: FRONT } };
  test.each<[string, Members]>([
    ["for a tool", OWN as unknown as Members],
    ["for AWS", { ...OWN, aud: "aws", scope: undefined }],
    ["for a delegate", PARENT_CLAIMS],
    ["without a user", { ...OWN, ...agent }],
    ["of a chain of four", { ...OWN, act: { sub: FRONT, act: { sub: "a", act: { sub: "b", act: { sub: "c" } } } } }],
    ["bound to a certificate", { ...OWN, cnf: { "x5t#S256": "a" } }],
    ["of a clock that is 60 s ahead", { ...OWN, iat: NOW + 60, exp: NOW + 360 }],
    ["in its last second", { ...OWN, exp: NOW + 1 }],
  ])("is accepted %s", async (_, claims) => {
    expect(await read(claims)).toEqual(JSON.parse(JSON.stringify(claims)));
  });

  const MALFORMED: readonly [string, Members][] = [
    ...Object.keys(OWN)
      .filter((claim) => claim !== "iss" && claim !== "scope")
      .map((claim): [string, Members] => [`lacks ${claim}`, { [claim]: undefined }]),
    ...Object.keys(OWN)
      .filter((claim) => claim !== "iss")
      .map((claim): [string, Members] => [
        `has a list as ${claim}`,
        { [claim]: [OWN[claim as keyof AccessTokenClaims]] },
      ]),
    ["has an unknown claim", { admin: true }],
    ["has two audiences", { aud: ["tool:crm", "aws"] }],
    ["is for every tool", { aud: "tool:*" }],
    ["is for a tool without a name", { aud: "tool:" }],
    ["is for something else", { aud: "gateway" }],
    ["is for a run that begins without a token", { aud: "run" }],
    ["is for a delegate that it does not name", { aud: "exchange" }],
    ["names a delegate, but is for a tool", { may_act: { sub: TRIAGE } }],
    ["is of another client than its actor", { client_id: TRIAGE }],
    ["names another subject than its id", { sub: "eve" }],
    ["has an id of a mail address", { sub_id: { format: "email", email: "ada" } }],
    ["has an actor with more than a name", { act: { sub: FRONT, admin: true } }],
    ["has an actor without a subject", { act: { sub: FRONT, act: {} } }],
    ["is bound to nothing", { cnf: {} }],
    ["is bound twice", { cnf: { jkt: "a", "x5t#S256": "b" } }],
    ["is bound to a key that it holds", { cnf: { jwk: {} } }],
    ["has a fraction as end", { exp: NOW + 0.5 }],
    ["has text as end", { exp: String(NOW + 10) }],
    ["lives for more than 5 min", { iat: NOW - 101, exp: NOW + 200 }],
    ["ends before it begins", { iat: NOW + 30, exp: NOW + 20 }],
    ["has an approval, which is a call's", { approval: { id: "a", digest: "b" } }],
  ];
  test.each(MALFORMED)("fails when it %s", async (_, changed) => {
    expect(await read({ ...OWN, ...changed })).toBe("evidence.malformed");
  });

  test.each<[string, Members, number, Members, string]>([
    ["is of another issuer", { iss: "https://exchange.dev.acme.example" }, NOW, {}, "evidence.issuer-unknown"],
    ["is of no issuer", { iss: undefined }, NOW, {}, "evidence.issuer-unknown"],
    ["ends now", {}, OWN.exp, {}, "evidence.expired"],
    ["ended, and the clock is behind", {}, OWN.exp + 1, {}, "evidence.expired"],
    ["was issued more than 60 s ahead", { iat: NOW + 61, exp: NOW + 300 }, NOW, {}, "evidence.from-future"],
    ["is of type JWT", {}, NOW, { typ: "JWT" }, "evidence.type"],
    ["is of its type in capitals", {}, NOW, { typ: "AT+JWT" }, "evidence.type"],
    ["has no type", {}, NOW, { typ: undefined }, "evidence.type"],
    ["is a transaction token", {}, NOW, { typ: "txntoken+jwt" }, "evidence.type"],
  ])("fails when it %s", async (_, claims, now, header, problem) => {
    expect(await read({ ...OWN, ...claims }, now, header)).toBe(problem);
  });
});
