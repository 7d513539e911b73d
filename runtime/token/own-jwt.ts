import { type ExchangeReasonCode, LIMITS } from "../../domain";
import { type CompactJws, MalformedToken, parseCompact } from "../jose/compact";
import type { JsonObject } from "../jose/json";
import type { KeySource } from "../jose/key-source";
import { isSignedBy } from "../jose/verify";
import { Refusal } from "../refusal/refusal";
import type { KeySet } from "../signer/key-set";
import { SIGNATURE_BYTES, type Signer, SignerError } from "../signer/signer";

/** What is wrong with a token of this exchange, in the words of evidence */
export type TokenProblem = Extract<ExchangeReasonCode, `evidence.${string}`>;

/** A kind of token that the exchange signs. One is never taken for another: each has a type of its own. */
export interface OwnKind<Claims> {
  /** Header `typ` */
  readonly type: string;
  /** The claims, where they are of the shape that the exchange issues; otherwise undefined */
  readonly claimsOf: (claims: JsonObject) => Claims | undefined;
}

export interface OwnTokensProps {
  /** Claim `iss` of the exchange */
  readonly issuer: string;
  /** The exchange's own, see KeySet */
  readonly keys: KeySource;
}

/**
 * The claims of a token that the exchange has signed and that is good now, or the first thing that is wrong
 *
 * @param now whole seconds since the epoch
 */
export async function examineOwn<Claims extends { readonly iat: number; readonly exp: number }>(
  token: string,
  now: number,
  { issuer, keys }: OwnTokensProps,
  { type, claimsOf }: OwnKind<Claims>,
): Promise<Claims | TokenProblem> {
  let jws: CompactJws;
  try {
    jws = parseCompact(token, { algorithms: ["ES256"] });
  } catch (error) {
    if (error instanceof MalformedToken) return "evidence.malformed";
    throw error;
  }
  if (jws.claims.iss !== issuer) return "evidence.issuer-unknown";
  const key = await keys.keyOf(jws.kid, jws.algorithm);
  if (key === undefined || !(await isSignedBy(jws, key))) return "evidence.signature";
  if (jws.type !== type) return "evidence.type";
  const claims = claimsOf(jws.claims);
  if (claims === undefined) return "evidence.malformed";
  // No allowance for a clock that is behind: it would lengthen the life of every token.
  if (!(claims.exp > now)) return "evidence.expired";
  return claims.iat <= now + LIMITS.clockSkew.seconds ? claims : "evidence.from-future";
}

/**
 * Sign with the first of the keys.
 *
 * @param type header `typ`
 * @throws Refusal `signer.unavailable`
 */
export async function signOwn(keys: KeySet, type: string, claims: object): Promise<string> {
  try {
    const { signer } = keys;
    const signed = `${headerOf(signer, type)}.${encoded(claims)}`;
    const signature = await signer.sign(Buffer.from(signed));
    if (signature.length !== SIGNATURE_BYTES) {
      throw new SignerError(`a signature must have ${SIGNATURE_BYTES} bytes, got ${signature.length}`);
    }
    return `${signed}.${Buffer.from(signature).toString("base64url")}`;
  } catch (error) {
    throw Refusal.of("signer.unavailable", undefined, { cause: error });
  }
}

/** A process has few keys and signs few types, so each header is written once. */
const headers = new Map<string, string>();

function headerOf({ keyId }: Signer, typ: string): string {
  const name = JSON.stringify([keyId, typ]);
  const header = headers.get(name) ?? encoded({ alg: "ES256", kid: keyId, typ });
  headers.set(name, header);
  return header;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
