import { compactVerify, type CryptoKey, importJWK, type JWK } from "jose";
import { type Algorithm, fits } from "./algorithms";
import type { CompactJws } from "./compact";
import type { JsonObject } from "./json";

/** A public key for one algorithm */
export type VerificationKey = CryptoKey;

/** The key for this algorithm; undefined where it is of another kind, too weak or no key at all. */
export async function verificationKey(jwk: JsonObject, algorithm: Algorithm): Promise<VerificationKey | undefined> {
  if (!fits(jwk, algorithm)) return undefined;
  try {
    return (await importJWK(publicPart(jwk), algorithm)) as CryptoKey;
  } catch {
    return undefined;
  }
}

/** Whether this key made the signature. Whatever fails is no proof. */
export async function isSignedBy(jws: CompactJws, key: VerificationKey): Promise<boolean> {
  try {
    await compactVerify(jws.token, key, { algorithms: [jws.algorithm] });
    return true;
  } catch {
    return false;
  }
}

/** What makes the key, and nothing that says what it is for */
export function publicPart({ kty, crv, x, y, n, e }: JsonObject): JWK {
  const members = Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members) as JWK;
}
