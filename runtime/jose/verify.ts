import { constants, createPublicKey, type KeyObject, verify, type VerifyKeyObjectInput } from "node:crypto";
import { type Algorithm, fits } from "./algorithms";
import type { CompactJws } from "./compact";
import { isWholeOrderPoint } from "./ed25519";
import type { JsonObject } from "./json";
import { isUsualExponent } from "./rsa-exponent";

/** A public key for one algorithm */
export type VerificationKey = KeyObject;

/** RFC 7518 sections 3.3 and 3.5 */
const SHORTEST_MODULUS_BITS = 2_048;

interface Scheme {
  /** Undefined if the algorithm has its own */
  readonly digest: string | undefined;
  readonly options: Omit<VerifyKeyObjectInput, "key">;
}

/** RFC 7518 sections 3.3 to 3.5, RFC 8037 section 3.1 */
const SCHEMES: Readonly<Record<Algorithm, Scheme>> = {
  ES256: { digest: "sha256", options: { dsaEncoding: "ieee-p1363" } },
  ES384: { digest: "sha384", options: { dsaEncoding: "ieee-p1363" } },
  RS256: { digest: "sha256", options: { padding: constants.RSA_PKCS1_PADDING } },
  PS256: {
    digest: "sha256",
    options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
  },
  EdDSA: { digest: undefined, options: {} },
};

/** The key for this algorithm; undefined if it is of another kind, too weak or no key at all. */
export async function verificationKey(jwk: JsonObject, algorithm: Algorithm): Promise<VerificationKey | undefined> {
  if (!fits(jwk, algorithm)) return undefined;
  try {
    const key = createPublicKey({ key: publicPart(jwk), format: "jwk" });
    return isWrittenAs(jwk, key) && isStrong(key, jwk) ? key : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether this key made the signature. Every error counts as no.
 *
 * In this thread: handing it to another thread takes longer than verifying.
 */
export async function isSignedBy({ token, signed, algorithm }: CompactJws, key: VerificationKey): Promise<boolean> {
  const { digest, options } = SCHEMES[algorithm];
  const signature = Buffer.from(token.slice(signed.length + 1), "base64url");
  try {
    return verify(digest, Buffer.from(signed), { key, ...options }, signature);
  } catch {
    return false;
  }
}

/** @param jwk the same key */
function isStrong(key: KeyObject, { x }: JsonObject): boolean {
  const { modulusLength, publicExponent } = key.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined && modulusLength < SHORTEST_MODULUS_BITS) return false;
  if (publicExponent !== undefined && !isUsualExponent(publicExponent)) return false;
  return key.asymmetricKeyType !== "ed25519" || isWholeOrderPoint(Buffer.from(x as string, "base64url"));
}

/** Of one key there is one JWK, or it would have several thumbprints. */
function isWrittenAs({ x, y, n, e }: JsonObject, key: KeyObject): boolean {
  const written = key.export({ format: "jwk" });
  return x === written.x && y === written.y && n === written.n && e === written.e;
}

/** The key material, without members about its use */
function publicPart({ kty, crv, x, y, n, e }: JsonObject): JsonObject {
  const members = Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members);
}
