import { constants, createHash, generateKeyPairSync, type KeyObject, sign, type SignKeyObjectInput } from "node:crypto";
import type { Algorithm } from "../../../runtime/jose/algorithms";
import { parseCompact } from "../../../runtime/jose/compact";
import type { JsonObject } from "../../../runtime/jose/json";
import { isSignedBy, verificationKey } from "../../../runtime/jose/verify";
import { rsaPair } from "../../support/rsa";

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const PAIRS: Readonly<Record<Algorithm, Pair>> = {
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  ES384: generateKeyPairSync("ec", { namedCurve: "P-384" }),
  RS256: rsaPair(),
  PS256: rsaPair(),
  EdDSA: generateKeyPairSync("ed25519"),
};
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
const SCHEMES: Readonly<Record<Algorithm, readonly [string | null, Omit<SignKeyObjectInput, "key">]>> = {
  ES256: ["sha256", { dsaEncoding: "ieee-p1363" }],
  ES384: ["sha384", { dsaEncoding: "ieee-p1363" }],
  RS256: ["sha256", {}],
  PS256: ["sha256", PSS],
  EdDSA: [null, {}],
};
const ALGORITHMS = Object.keys(PAIRS) as Algorithm[];

const jwkOf = (algorithm: Algorithm): JsonObject => ({ ...PAIRS[algorithm].publicKey.export({ format: "jwk" }) });
const base64url = (value: string | Uint8Array): string => Buffer.from(value).toString("base64url");
const bytesOf = (value: unknown): Buffer => Buffer.from(value as string, "base64url");
const signedPart = (alg: Algorithm): string =>
  `${base64url(JSON.stringify({ alg, kid: "k" }))}.${base64url('{"a":1}')}`;

async function verifies(jwk: JsonObject, algorithm: Algorithm, signature: Buffer): Promise<boolean | "no key"> {
  const key = await verificationKey(jwk, algorithm);
  if (key === undefined) return "no key";
  return isSignedBy(parseCompact(`${signedPart(algorithm)}.${base64url(signature)}`, { algorithms: [algorithm] }), key);
}

function signatureOf(algorithm: Algorithm): Buffer {
  const [digest, options] = SCHEMES[algorithm];
  return sign(digest, Buffer.from(signedPart(algorithm)), { key: PAIRS[algorithm].privateKey, ...options });
}

test.each(ALGORITHMS)("%s: knows the signature of its key, and no other", async (algorithm) => {
  const signature = signatureOf(algorithm);
  await expect(verifies(jwkOf(algorithm), algorithm, signature)).resolves.toBe(true);
  const changed = Buffer.from(signature.map((byte, index) => (index === 8 ? byte ^ 1 : byte)));
  await expect(verifies(jwkOf(algorithm), algorithm, changed)).resolves.toBe(false);
});

describe("refuses a key for which signatures can be forged", () => {
  test("RS256 with an exponent of 1", async () => {
    const hash = createHash("sha256").update(signedPart("RS256")).digest();
    const digest = Buffer.concat([Buffer.from("3031300d060960864801650304020105000420", "hex"), hash]);
    const padding = Buffer.alloc(256 - 3 - digest.length, 0xff);
    const forged = Buffer.concat([Buffer.from([0, 1]), padding, Buffer.from([0]), digest]);
    await expect(verifies({ ...jwkOf("RS256"), e: "AQ" }, "RS256", forged)).resolves.toBe("no key");
  });

  test.each([
    ["as long as the modulus", Buffer.alloc(256, 0x7f)],
    ["of 2^31 + 1", Buffer.from([0x80, 0, 0, 1])],
  ])("RS256 with an exponent %s, which takes longer to verify", async (_, exponent) => {
    await expect(verificationKey({ ...jwkOf("RS256"), e: base64url(exponent) }, "RS256")).resolves.toBeUndefined();
  });

  // RFC 8032 section 5.1.2: y, little-endian, and the sign of x in the highest bit
  test.each([
    ["of order 1", "01".padEnd(64, "0")],
    ["of order 1, with the other sign", `01${"0".repeat(60)}80`],
    ["of order 2", `ec${"f".repeat(60)}7f`],
    ["of order 4", "0".repeat(64)],
    ["of order 4, with the other sign", `${"0".repeat(62)}80`],
    ["of order 8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"],
    ["of order 8, with the other sign", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"],
    ["of order 8, the other two", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"],
    ["of order 4, beyond the field", `ed${"f".repeat(60)}7f`],
    ["of order 1, beyond the field", `ee${"f".repeat(60)}7f`],
    ["beyond the field", `f0${"f".repeat(60)}7f`],
  ])("Ed25519 with a point %s", async (_, point) => {
    const anything = Buffer.concat([Buffer.from("01".padEnd(64, "0"), "hex"), Buffer.alloc(32)]);
    const jwk = { kty: "OKP", crv: "Ed25519", x: base64url(Buffer.from(point, "hex")) };
    await expect(verifies(jwk, "EdDSA", anything)).resolves.toBe("no key");
  });

  test("RSA of fewer than 2,048 bits", async () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 1_024 });
    await expect(verificationKey({ ...publicKey.export({ format: "jwk" }) }, "RS256")).resolves.toBeUndefined();
  });
});

describe("refuses a key that is written in another way, which had another thumbprint", () => {
  const MEMBERS = [
    ["ES256", "x"],
    ["ES256", "y"],
    ["ES384", "x"],
    ["ES384", "y"],
    ["RS256", "n"],
    ["RS256", "e"],
    ["PS256", "n"],
    ["EdDSA", "x"],
  ] as const;
  const WAYS: readonly (readonly [string, (value: unknown) => string])[] = [
    ["with a zero byte in front", (value) => base64url(Buffer.concat([Buffer.alloc(1), bytesOf(value)]))],
    ["with a space in front", (value) => ` ${value as string}`],
    ["with padding", (value) => `${value as string}=`],
    ["with a line feed behind", (value) => `${value as string}\n`],
  ];

  test.each(
    MEMBERS.flatMap(([algorithm, member]) => WAYS.map(([way, write]) => [algorithm, member, way, write] as const)),
  )("%s: %s %s", async (algorithm, member, _, write) => {
    const jwk = jwkOf(algorithm);
    await expect(verifies({ ...jwk, [member]: write(jwk[member]) }, algorithm, signatureOf(algorithm))).resolves.toBe(
      "no key",
    );
  });

  test("in standard base64", async () => {
    const jwk = jwkOf("RS256");
    await expect(verificationKey(jwk, "RS256")).resolves.toBeDefined();
    const n = bytesOf(jwk.n).toString("base64").replaceAll("=", "");
    await expect(verificationKey({ ...jwk, n }, "RS256")).resolves.toBeUndefined();
  });
});
