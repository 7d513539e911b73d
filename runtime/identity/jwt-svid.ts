import { LIMITS } from "../../domain";
import { parseCompact } from "../jose/compact";
import { instant, optionalInstant } from "../jose/instant";
import type { KeySource } from "../jose/key-source";
import { isSignedBy } from "../jose/verify";
import { Refusal } from "../refusal/refusal";
import { workloadId } from "./workload-id";

const ALGORITHMS = ["ES256", "ES384", "RS256", "PS256"] as const;
/** JWT-SVID section 2.3 */
const TYPES: readonly unknown[] = [undefined, "JWT", "JOSE"];

export interface JwtSvidProps {
  /** Of the trust domain */
  readonly keys: KeySource;
  /** Without `spiffe://` */
  readonly trustDomain: string;
  /** The one audience: the exchange's issuer */
  readonly audience: string;
}

export interface JwtSvid {
  readonly spiffeId: string;
  /** Seconds since the epoch */
  readonly expiresAt: number;
}

/** Verifies JWT-SVIDs that clients send as their assertion (docs/exchange.md, "Who asks"). */
export class JwtSvidVerifier {
  constructor(private readonly props: JwtSvidProps) {}

  /**
   * @param now seconds since the epoch
   * @throws Refusal `client.unauthenticated`
   */
  public async verify(token: string, now: number): Promise<JwtSvid> {
    try {
      return await this.verified(token, now);
    } catch (error) {
      // INVARIANT: all authentication failures give the same answer. The cause goes to the log.
      throw Refusal.of("client.unauthenticated", undefined, { cause: error });
    }
  }

  private async verified(token: string, now: number): Promise<JwtSvid> {
    const { keys, trustDomain, audience } = this.props;
    const jws = parseCompact(token, { algorithms: ALGORITHMS });
    const { claims } = jws;
    const named = Array.isArray(claims.aud) ? (claims.aud as readonly unknown[]) : [claims.aud];
    if (named.length !== 1 || named[0] !== audience) throw new Error(`aud must be only ${audience}`);
    if (!TYPES.includes(jws.type)) throw new Error("typ must be JWT, JOSE or left out");
    const spiffeId = workloadId(claims.sub, trustDomain);
    if (spiffeId === undefined) throw new Error(`sub must be a workload of ${trustDomain}`);
    const expiresAt = instant(claims, "exp");
    const issuedAt = optionalInstant(claims, "iat") ?? now;
    const notBefore = optionalInstant(claims, "nbf") ?? now;
    const latest = now + LIMITS.clockSkew.seconds;
    if (!(expiresAt > now)) throw new Error("exp must lie ahead");
    if (expiresAt - issuedAt > LIMITS.jwtSvid.seconds) throw new Error("the token must live for at most 5 min");
    if (issuedAt > latest || notBefore > latest) throw new Error("iat and nbf must not lie ahead");
    const key = await keys.keyOf(jws.kid, jws.algorithm);
    if (key === undefined || !(await isSignedBy(jws, key)))
      throw new Error("the signature must be of the trust domain");
    return { spiffeId, expiresAt };
  }
}
