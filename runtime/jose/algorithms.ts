import type { JsonObject } from "./json";

/** Accepted signature algorithms. None uses a shared secret. */
export const ALGORITHMS = ["ES256", "ES384", "PS256", "RS256", "EdDSA"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

const KEY_KINDS: Readonly<Record<Algorithm, Readonly<Record<string, string>>>> = {
  ES256: { kty: "EC", crv: "P-256" },
  ES384: { kty: "EC", crv: "P-384" },
  PS256: { kty: "RSA" },
  RS256: { kty: "RSA" },
  EdDSA: { kty: "OKP", crv: "Ed25519" },
};

/** Uses of a key that verifies signatures: RFC 7517 section 4.2, SPIFFE Trust Domain and Bundle section 4.2.2 */
const USES: readonly unknown[] = [undefined, "sig", "jwt-svid"];

/** 8,192 bits: an issuer with a larger key would slow down verification for all */
const LONGEST_MODULUS = Math.ceil((1_024 * 4) / 3);
/** Members that only a private or a secret key has */
const SECRETS = ["d", "k", "p", "q"];

export function isAlgorithm(value: unknown): value is Algorithm {
  return ALGORITHMS.includes(value as Algorithm);
}

/** Whether a public key of a key set verifies signatures of this algorithm */
export function fits(jwk: JsonObject, algorithm: Algorithm): boolean {
  const ofKind = Object.entries(KEY_KINDS[algorithm]).every(([member, value]) => jwk[member] === value);
  const ofAlgorithm = jwk.alg === undefined || jwk.alg === algorithm;
  const operations = jwk.key_ops;
  const verifies = operations === undefined || (Array.isArray(operations) && operations.includes("verify"));
  const short = jwk.n === undefined || (typeof jwk.n === "string" && jwk.n.length <= LONGEST_MODULUS);
  return ofKind && ofAlgorithm && verifies && short && USES.includes(jwk.use) && !SECRETS.some((name) => name in jwk);
}
