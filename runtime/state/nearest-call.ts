import { type CallFacts, isProtocolAction, likely, type Reason, type ReasonCode } from "../../domain";
import { reasonOf } from "../decision/decider";
import type { AccessTokenClaims } from "../token/access-token";
import { presented, scopeOf } from "./presented";

/** Why a call does not fit the token, with the token's tool or action that was most likely misspelt */
export function otherCall(claims: AccessTokenClaims, { tool, action }: CallFacts): Reason | undefined {
  const { audience } = presented(claims);
  const aud = audience.slice(audience.indexOf(":") + 1);
  if (tool !== aud) return withNearest("token.other-audience", "tool", tool, [aud]);
  const scope = scopeOf(claims);
  if (isProtocolAction(action)) return scope.length > 0 ? undefined : reasonOf("token.out-of-scope");
  return scope.includes(action) ? undefined : withNearest("token.out-of-scope", "action", action, scope);
}

/** Names of the token alone: the caller has them already. */
function withNearest(code: ReasonCode, what: string, called: string, names: readonly string[]): Reason {
  const reason = reasonOf(code);
  const meant = likely(called, names);
  if (meant === undefined) return reason;
  return { ...reason, fix: `name ${meant}, the ${what} of this token whose name is nearest, or grant the other one` };
}
