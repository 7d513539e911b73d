import type { Clock } from "../clock";
import { randomId } from "../session/random-id";
import type { KeySet } from "../signer/key-set";
import { signOwn } from "../token/own-jwt";

/** Seconds for which an assertion is good, at most */
export const ASSERTION_SECONDS = 60;
/** RFC 7519. No reader of the exchange's own tokens takes it. */
export const ASSERTION_TYPE = "JWT";
/** draft-ietf-oauth-rfc7523bis section 4 */
export const CLIENT_ASSERTION_TYPE = "client-authentication+jwt";

/** Signs what the exchange says to other authorization servers, each time with an id of its own. */
export class Assertions {
  constructor(
    private readonly keys: KeySet,
    private readonly clock: Clock,
  ) {}

  /**
   * @param until ends it earlier: whole seconds since the epoch
   * @throws Refusal `signer.unavailable`
   */
  public async sign(type: string, claims: Readonly<Record<string, unknown>>, until = Infinity): Promise<string> {
    const now = this.clock();
    const exp = Math.min(now + ASSERTION_SECONDS, until);
    return signOwn(this.keys, type, { ...claims, jti: randomId(), iat: now, exp });
  }
}
