import { type ExchangeReasonCode, LIMITS } from "../../domain";
import { type CompactJws, MalformedToken, parseCompact } from "../jose/compact";
import type { KeySource } from "../jose/key-source";
import { isSignedBy } from "../jose/verify";
import { ACCESS_TOKEN_TYPE, type AccessTokenClaims } from "./access-token";
import { Refusal } from "./refusal";
import { accessTokenClaims } from "./token-claims";

export interface TokenReaderProps {
  /** Claim `iss` of the exchange */
  readonly issuer: string;
  /** The exchange's own, see KeySet */
  readonly keys: KeySource;
}

/** What is wrong with a token of this exchange, in the words of evidence */
export type TokenProblem = Extract<ExchangeReasonCode, `evidence.${string}`>;

/** Verifies access tokens that the exchange has issued. Whether they were revoked is in the store. */
export class TokenReader {
  constructor(private readonly props: TokenReaderProps) {}

  /**
   * The claims of a token that is good now. Its binding and its audience are left to the caller.
   *
   * @param now whole seconds since the epoch
   * @throws Refusal `token.invalid`
   */
  public async read(token: string, now: number): Promise<AccessTokenClaims> {
    const found = await this.examine(token, now);
    if (typeof found !== "string") return found;
    throw Refusal.of("token.invalid");
  }

  /** The claims, or the first thing that is wrong */
  public async examine(token: string, now: number): Promise<AccessTokenClaims | TokenProblem> {
    let jws: CompactJws;
    try {
      jws = parseCompact(token, { algorithms: ["ES256"] });
    } catch (error) {
      if (error instanceof MalformedToken) return "evidence.malformed";
      throw error;
    }
    if (jws.claims.iss !== this.props.issuer) return "evidence.issuer-unknown";
    const key = await this.props.keys.keyOf(jws.kid, jws.algorithm);
    if (key === undefined || !(await isSignedBy(jws, key))) return "evidence.signature";
    if (jws.type !== ACCESS_TOKEN_TYPE) return "evidence.type";
    const claims = accessTokenClaims(jws.claims);
    if (claims === undefined) return "evidence.malformed";
    // No allowance for a clock that is behind: it would lengthen the life of every token.
    if (!(claims.exp > now)) return "evidence.expired";
    return claims.iat <= now + LIMITS.clockSkew.seconds ? claims : "evidence.from-future";
  }
}
