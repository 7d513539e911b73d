import { LIMITS } from "../../../domain";
import { Bounded } from "../../bounded";
import type { AccessTokenClaims } from "../../token/access-token";
import type { KnownState } from "../exchange-state";

/** More than tokens are good at once in one gateway */
const MOST_TOKENS = 8_192;

/**
 * Last known state of each token's run. A call is decided by it, and the exchange writes its cost only if nothing has
 * changed since: so one round trip is enough, and a decision on stale state never takes effect.
 */
export class RememberedStates {
  private readonly states = new Bounded<KnownState>(MOST_TOKENS);

  public of({ jti }: AccessTokenClaims): KnownState | undefined {
    return this.states.of(jti);
  }

  /** @param state undefined if the answer had none: the known state is stale then */
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
