import type { AccessTokenClaims } from "./access-token";
import type { Refusal } from "./refusal";

/** Whose token it was that something was refused for: for the log alone */
export function aboutClaims(claims: AccessTokenClaims | undefined): Refusal["about"] {
  if (claims === undefined) return {};
  return { spiffeId: claims.client_id, task: claims.task, txn: claims.txn, audience: claims.aud };
}
