import { Refusal } from "../refusal/refusal";
import { ACCESS_TOKEN_TYPE, type AccessTokenClaims } from "./access-token";
import { examineOwn, type OwnKind, type OwnTokensProps, type TokenProblem } from "./own-jwt";
import { accessTokenClaims } from "./token-claims";

export type { TokenProblem };

const ACCESS_TOKEN: OwnKind<AccessTokenClaims> = { type: ACCESS_TOKEN_TYPE, claimsOf: accessTokenClaims };

/** Verifies access tokens that the exchange has issued. Whether they were revoked is in the store. */
export class TokenReader {
  constructor(private readonly props: OwnTokensProps) {}

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
    return examineOwn(token, now, this.props, ACCESS_TOKEN);
  }
}
