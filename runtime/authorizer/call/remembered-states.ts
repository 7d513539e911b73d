import { LIMITS } from "../../../domain";
import { Bounded } from "../../bounded";
import type { AccessTokenClaims } from "../../token/access-token";
import type { KnownState } from "../exchange-state";

/** More than tokens are good at once in one gateway */
const MOST_TOKENS = 8_192;

/**
 * What was known of each token's run when it was last told. A call is decided by it, and the exchange writes what it costs only
 * where nothing has changed since: so one round trip is enough, and a decision by something old is never carried out.
 */
export class RememberedStates {
  private readonly states = new Bounded<KnownState>(MOST_TOKENS);

  public of({ jti }: AccessTokenClaims): KnownState | undefined {
    return this.states.of(jti);
  }

  /** @param state undefined where nothing was told: what was known is old by now */
  public remember({ jti }: AccessTokenClaims, state: KnownState | undefined): void {
    if (state === undefined) this.states.drop(jti);
    else this.states.put(jti, state);
  }
}

/** The state as of now: what is known of a run does not grow older by itself. */
export function at({ input, ...rest }: KnownState, { exp }: AccessTokenClaims, now: number): KnownState {
  const expiresAt = Math.min(exp, now + LIMITS.accessToken.seconds);
  return { ...rest, input: { ...input, time: now, token: { ...input.token, expiresAt } } };
}
