import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { keyPair } from "../../cli/dev/development-authority";
import { rsaPair } from "./rsa";

/** Members of a header or a payload */
export type Members = Readonly<Record<string, unknown>>;

/** Both halves of a key, and its name */
export interface TokenKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const KINDS = {
  ES256: keyPair,
  ES384: () => generateKeyPairSync("ec", { namedCurve: "P-384" }),
  RS256: rsaPair,
  EdDSA: () => generateKeyPairSync("ed25519"),
} as const;

export function tokenKey(kid: string, kind: keyof typeof KINDS = "ES256"): TokenKey {
  return { kid, ...KINDS[kind]() };
}

/** As a key set has it */
export function jwkOf({ kid, publicKey }: TokenKey, more: Members = {}): Members {
  return { ...publicKey.export({ format: "jwk" }), kid, ...more };
}

export function encoded(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
}

/** How a header's algorithm signs with this key. What the algorithm is not for signs as it can. */
export function signatureOf(signed: string, alg: unknown, key: KeyObject): Buffer {
  const bytes = Buffer.from(signed);
  const digest = alg === "ES384" || alg === "RS384" ? "sha384" : "sha256";
  if (key.asymmetricKeyType === "ed25519") return sign(null, bytes, key);
  if (key.asymmetricKeyType === "ec") return sign(digest, bytes, { key, dsaEncoding: "ieee-p1363" });
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return sign(digest, bytes, { key, ...(alg === "PS256" ? pss : {}) });
}

/** A JWS in compact form. Header and payload are members, or text as it is. */
export function compact(header: Members | string, claims: Members | string, key: KeyObject, alg?: string): string {
  const named = typeof header === "string" ? alg : header.alg;
  const signed = `${encoded(header)}.${encoded(claims)}`;
  return `${signed}.${signatureOf(signed, alg ?? named, key).toString("base64url")}`;
}

/** The same with a secret that both sides know */
export function withSecret(header: Members, claims: Members, secret: string | Buffer): string {
  const signed = `${encoded(header)}.${encoded(claims)}`;
  const digest = String(header.alg).replace("HS", "sha");
  return `${signed}.${createHmac(digest, secret).update(signed).digest("base64url")}`;
}

/** Forms in which a public key might be taken for a secret */
export function secretsOf(publicKey: KeyObject): Readonly<Record<string, string | Buffer>> {
  const pem = publicKey.export({ type: "spki", format: "pem" }) as string;
  const jwk = publicKey.export({ format: "jwk" });
  return {
    PEM: pem,
    "PEM without its last line feed": pem.trimEnd(),
    DER: publicKey.export({ type: "spki", format: "der" }),
    JWK: JSON.stringify(jwk),
    "x of the JWK": jwk.x ?? jwk.n ?? "",
    nothing: "",
  };
}
