import { constants, generateKeyPairSync, sign } from "node:crypto";
import { ALGORITHMS, type Algorithm } from "../../../runtime/jose/algorithms";
import { parseCompact } from "../../../runtime/jose/compact";
import { KeysUnavailable, StaticKeys } from "../../../runtime/jose/key-source";
import { isSignedBy, type VerificationKey } from "../../../runtime/jose/verify";
import { compact, encoded, jwkOf, type Members, tokenKey } from "../../support/tokens";

const KEYS = {
  ES256: tokenKey("k", "ES256"),
  ES384: tokenKey("k", "ES384"),
  RS256: tokenKey("k", "RS256"),
  PS256: tokenKey("k", "RS256"),
  EdDSA: tokenKey("k", "EdDSA"),
} as const;

const found = (jwk: Members, algorithm: Algorithm = "ES256", kid = "k"): Promise<VerificationKey | undefined> =>
  new StaticKeys({ keys: [jwk] }).keyOf(kid, algorithm);

describe.each(ALGORITHMS)("%s", (algorithm) => {
  const key = KEYS[algorithm];
  const token = compact({ alg: algorithm, kid: "k" }, { sub: "ada" }, key.privateKey);

  test("verifies with its key, and with no other of its kind", async () => {
    const jws = parseCompact(token, { algorithms: [algorithm] });
    const right = await found(jwkOf(key), algorithm);
    const kind = algorithm === "PS256" ? "RS256" : algorithm;
    const wrong = await found(jwkOf(tokenKey("k", kind)), algorithm);
    expect(right && (await isSignedBy(jws, right))).toBe(true);
    expect(wrong && (await isSignedBy(jws, wrong))).toBe(false);
  });

  test("has keys of one kind only", async () => {
    const kinds = ALGORITHMS.filter(
      (other) => KEYS[other].publicKey.asymmetricKeyType !== key.publicKey.asymmetricKeyType || /^ES/.test(other),
    );
    for (const other of kinds.filter((one) => one !== algorithm)) {
      expect([other, await found(jwkOf(KEYS[other]), algorithm)]).toEqual([other, undefined]);
    }
  });

  test.each<[string, Members]>([
    ["its algorithm", { alg: algorithm }],
    ["its use", { use: "sig" }],
    ["that it is of SPIFFE", { use: "jwt-svid" }],
    ["that it verifies", { key_ops: ["verify"] }],
    ["a certificate", { x5c: ["MIIB"], x5t: "a" }],
  ])("finds a key that names %s", async (_, more) => {
    expect(await found(jwkOf(key, more), algorithm)).toBeDefined();
  });

  test.each<[string, Members]>([
    ["another algorithm", { alg: "HS256" }],
    ["another use", { use: "enc" }],
    ["that it is for X.509-SVIDs", { use: "x509-svid" }],
    ["that it signs only", { key_ops: ["sign"] }],
    ["operations that are no list", { key_ops: "verify" }],
    ["a secret", { d: "AA" }],
    ["another kind", { kty: "oct", k: "AA" }],
    ["no kind", { kty: undefined }],
  ])("finds no key that names %s", async (_, more) => {
    expect(await found(jwkOf(key, more), algorithm)).toBeUndefined();
  });
});

test("a key is found by its name alone", async () => {
  const jwk = jwkOf(KEYS.ES256);
  expect(await found(jwk, "ES256", "other")).toBeUndefined();
  expect(await found({ ...jwk, kid: undefined }, "ES256", "undefined")).toBeUndefined();
  expect(await found({ ...jwk, kid: 7 }, "ES256", "7")).toBeUndefined();
  for (const name of ["__proto__", "constructor", "toString", ""])
    expect(await found(jwk, "ES256", name)).toBeUndefined();
});

test("fails when two keys have one name, though they are equal or of other kinds", async () => {
  const jwk = jwkOf(KEYS.ES256);
  for (const other of [jwk, jwkOf(KEYS.RS256), { kid: "k", kty: "oct", k: "AA" }, { kid: "k" }]) {
    expect(await new StaticKeys({ keys: [jwk, other] }).keyOf("k", "ES256")).toBeUndefined();
  }
});

test("a key that is not one is not found, and hides no other", async () => {
  const keys = new StaticKeys({
    keys: [
      {},
      { kid: "odd", kty: "EC", crv: "P-256", x: "AA", y: "AA" },
      { kid: "new", kty: "AKP" },
      jwkOf(KEYS.ES256),
    ],
  });
  expect(await keys.keyOf("odd", "ES256")).toBeUndefined();
  expect(await keys.keyOf("new", "ES256")).toBeUndefined();
  expect(await keys.keyOf("k", "ES256")).toBeDefined();
});

test.each([
  ["DER", "ES256", { dsaEncoding: "der" }],
  ["another salt", "PS256", { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 20 }],
  ["the padding of PS256", "RS256", { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }],
  ["the padding of RS256", "PS256", { padding: constants.RSA_PKCS1_PADDING }],
] as const)("fails when the signature has %s where %s has none of it", async (_, algorithm, options) => {
  const signed = `${encoded({ alg: algorithm, kid: "k" })}.${encoded({})}`;
  const signature = sign("sha256", Buffer.from(signed), { key: KEYS[algorithm].privateKey, ...options });
  const jws = parseCompact(`${signed}.${signature.toString("base64url")}`, { algorithms: [algorithm] });
  const key = await found(jwkOf(KEYS[algorithm]), algorithm);
  expect(key && (await isSignedBy(jws, key))).toBe(false);
});

test("fails when RSA has less than 2,048 bits, or more than 8,192", async () => {
  const small = generateKeyPairSync("rsa", { modulusLength: 1_024 });
  const key = await found(jwkOf({ kid: "k", ...small }), "RS256");
  const jws = parseCompact(compact({ alg: "RS256", kid: "k" }, {}, small.privateKey), { algorithms: ["RS256"] });
  expect(key !== undefined && (await isSignedBy(jws, key))).toBe(false);
  const { n } = jwkOf(KEYS.RS256);
  expect(await found({ ...jwkOf(KEYS.RS256), n: String(n).repeat(5) }, "RS256")).toBeUndefined();
});

test.each([
  undefined,
  null,
  [],
  "keys",
  {},
  { keys: {} },
  { keys: ["key"] },
  { keys: [null] },
  { keys: Array(257).fill({}) },
])("fails when the key set is %j", (set) => {
  expect(() => new StaticKeys(set)).toThrow(KeysUnavailable);
});

test("a key is made once, however often it is asked for", async () => {
  const keys = new StaticKeys({ keys: [jwkOf(KEYS.ES256)] });
  const all = await Promise.all(Array.from({ length: 10 }, () => keys.keyOf("k", "ES256")));
  expect(all[0]).toBeDefined();
  expect(new Set(all).size).toBe(1);
});
