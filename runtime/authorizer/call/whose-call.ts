import type { AccessTokenClaims } from "../../token/access-token";
import type { DenialFacts } from "../denial";

/**
 * Whose call it is, for log and record
 *
 * @param claims of a token that was verified
 * @param call once it is recognised
 */
export function whoseCall(
  { client_id: agent, task, run, txn }: AccessTokenClaims,
  call?: { readonly action: string },
): DenialFacts {
  return { agent, task, run, txn, ...(call && { action: call.action }) };
}
