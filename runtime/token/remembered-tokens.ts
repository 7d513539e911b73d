import { Bounded } from "../bounded";
import type { AccessTokenClaims } from "./access-token";
import type { TokenReader } from "./token-reader";

/** For so long a signature is taken for what it was: a key that is void meanwhile ends it no later, and what stands behind a token is asked anyway. */
const KNOWN_SECONDS = 30;
const MOST_TOKENS = 16_384;

interface Verified {
  readonly claims: AccessTokenClaims;
  readonly at: number;
}

/** Verifies each token once in 30 s, where the same ones come again and again. */
export class RememberedTokens implements Pick<TokenReader, "read"> {
  private readonly known = new Bounded<Verified>(MOST_TOKENS);

  constructor(private readonly tokens: Pick<TokenReader, "read">) {}

  /**
   * @param now whole seconds since the epoch
   * @throws Refusal `token.invalid`
   */
  public async read(token: string, now: number): Promise<AccessTokenClaims> {
    const known = this.known.of(token);
    if (known !== undefined && now >= known.at && now < known.at + KNOWN_SECONDS && now < known.claims.exp) {
      return known.claims;
    }
    this.known.drop(token);
    const claims = await this.tokens.read(token, now);
    this.known.put(token, { claims, at: now });
    return claims;
  }

  /** This process has signed it a moment ago, with these claims. */
  public signed(token: string, claims: AccessTokenClaims, now: number): void {
    this.known.put(token, { claims, at: now });
  }
}
