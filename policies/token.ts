import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { isRecord } from "../domain/is-record";
import { BundleError } from "./bundle-error";

export type JsonObject = Readonly<Record<string, unknown>>;

const ALGORITHM = "ES256";
const PLAIN_TYPE = "JWT";
const SIGNATURE_BYTES = 64;
const COMPACT = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;
const PEM = "-----BEGIN PUBLIC KEY-----";

/** A key that signs with ECDSA on P-256 over SHA-256 */
export interface TokenSigner {
  /** Names the key in the token */
  readonly keyId: string;
  /** The signature as r and s, 32 bytes each */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/**
 * The claims as a JWT in compact form, signed with ES256.
 *
 * @param typ says what it is for, where one key signs several things (RFC 8725 section 3.11)
 */
export async function writeToken(claims: JsonObject, signer: TokenSigner, typ = PLAIN_TYPE): Promise<string> {
  const signed = `${encoded({ alg: ALGORITHM, kid: signer.keyId, typ })}.${encoded(claims)}`;
  const signature = Buffer.from(await signer.sign(Buffer.from(signed)));
  return `${signed}.${signature.toString("base64url")}`;
}

/**
 * The claims of a JWT that this key signed with ES256; the token's own `alg` is not trusted.
 *
 * @param publicKey PEM of the public key, EC on P-256
 * @param type that the token must be of
 * @throws BundleError
 */
export function readToken(
  token: string,
  publicKey: string,
  type = PLAIN_TYPE,
): { readonly keyId: string; readonly claims: JsonObject } {
  const key = verificationKey(publicKey);
  const [, header, payload, signature] = COMPACT.exec(token) ?? [];
  if (header === undefined || payload === undefined || signature === undefined) {
    throw new BundleError("the signature must be a JWT in compact form");
  }
  const { alg, kid, typ = PLAIN_TYPE } = decoded(header);
  if (typ !== type) throw new BundleError(`the signature must be of type ${type}, got ${JSON.stringify(typ)}`);
  if (alg !== ALGORITHM || typeof kid !== "string") {
    const got = JSON.stringify({ alg, kid });
    throw new BundleError(`the signature must be of algorithm ${ALGORITHM} and name its key, got ${got}`);
  }
  const bytes = Buffer.from(signature, "base64url");
  const options = { key, dsaEncoding: "ieee-p1363" } as const;
  const whole = bytes.length === SIGNATURE_BYTES && bytes.toString("base64url") === signature;
  const sound = whole && verify("sha256", Buffer.from(`${header}.${payload}`), options, bytes);
  if (!sound) throw new BundleError(`the signature, by key ${JSON.stringify(kid)}, is not of this public key`);
  return { keyId: kid, claims: decoded(payload) };
}

/** @throws BundleError */
export function jsonObject(bytes: Uint8Array, name: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw new BundleError(`${name} must be JSON in UTF-8: ${(error as Error).message}`);
  }
  if (!isRecord(value)) throw new BundleError(`${name} must be a JSON object`);
  return value;
}

/**
 * @param pem of the public key, EC on P-256
 * @throws BundleError
 */
export function verificationKey(pem: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = pem.trimStart().startsWith(PEM) ? createPublicKey(pem) : undefined;
  } catch {
    // Refused below.
  }
  if (key?.asymmetricKeyDetails?.namedCurve === "prime256v1") return key;
  throw new BundleError(`the public key must be PEM (${PEM}) of an EC key on the curve P-256`);
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function decoded(part: string): JsonObject {
  return jsonObject(Buffer.from(part, "base64url"), "the signature");
}
