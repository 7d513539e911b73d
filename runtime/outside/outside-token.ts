import { hash } from "node:crypto";
import type { RegistryIssuer, RegistryStarter } from "../../domain";
import { Bounded } from "../bounded";
import { ALGORITHMS } from "../jose/algorithms";
import { type CompactJws, MalformedToken, parseCompact } from "../jose/compact";
import { type KeySource, KeysUnavailable } from "../jose/key-source";
import { isSignedBy, type VerificationKey } from "../jose/verify";
import { Refusal } from "../refusal/refusal";

/** Signatures that are remembered: more than users ask at once */
const MOST_SIGNATURES = 8_192;

/** By which key the token of a digest is signed. A client shows the same token with each request, as long as it lives. */
const signedBy = new Bounded<VerificationKey>(MOST_SIGNATURES);

/** What the registry says of an issuer's keys */
export type TrustedKeys = Pick<RegistryStarter, "issuer" | "jwks" | "jwksUri">;

/**
 * Where the keys of an issuer of the registry are
 *
 * @throws KeysUnavailable if the registry does not say
 */
export type KeysOf = (issuer: TrustedKeys) => KeySource;

/**
 * A token that one of these issuers has signed. What it says is not looked at yet.
 *
 * @throws Refusal
 */
export async function verifyOutside<T extends Pick<RegistryIssuer, "algorithms"> & TrustedKeys>(
  token: string,
  trusted: readonly T[],
  keysOf: KeysOf,
): Promise<{ readonly jws: CompactJws; readonly issuer: T }> {
  const jws = soundly(() => parseCompact(token, { algorithms: ALGORITHMS }));
  const issuer = trusted.find((one) => one.issuer === jws.claims.iss);
  if (issuer === undefined) throw Refusal.of("evidence.issuer-unknown");
  if (!issuer.algorithms.includes(jws.algorithm)) throw Refusal.of("evidence.signature");
  const key = await keyOf(jws, () => keysOf(issuer));
  if (key === undefined || !(await isSigned(jws, key))) throw Refusal.of("evidence.signature");
  return { jws, issuer };
}

/** A signature is verified once per key in force: the result is void if the key is withdrawn or replaced. */
async function isSigned(jws: CompactJws, key: VerificationKey): Promise<boolean> {
  const digest = hash("sha256", jws.token);
  if (signedBy.of(digest) === key) return true;
  if (!(await isSignedBy(jws, key))) return false;
  signedBy.put(digest, key);
  return true;
}

/** Reads from a token; what is not of its form refuses the request. */
export function soundly<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedToken) throw Refusal.of("evidence.malformed", undefined, { cause: error });
    throw error;
  }
}

async function keyOf({ kid, algorithm }: CompactJws, keys: () => KeySource): Promise<VerificationKey | undefined> {
  try {
    return await keys().keyOf(kid, algorithm);
  } catch (error) {
    if (error instanceof KeysUnavailable) throw Refusal.of("evidence.keys-unavailable", undefined, { cause: error });
    throw error;
  }
}
