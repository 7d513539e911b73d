import { LIMITS, START_TOKEN_TYPE } from "../../../domain";
import type { CompactJws } from "../../jose/compact";
import { Refusal } from "../../refusal/refusal";
import type { EvidenceRequest } from "../../session/evidence";
import { asksForNewSession, audienceOf, digestOf, isAhead, text, timesOf } from "./claims";
import { type KeysOf, soundly, verifyOutside } from "./outside-token";
import type { ReadEvidence } from "./read-evidence";

/** For which an approval may be waited for and used after it was asked for with the token */
const APPROVAL_SECONDS = LIMITS.approvalRequest.ceiling.seconds + LIMITS.approvalDecision.ceiling.seconds;

/**
 * A token that a starter signed for one run
 *
 * @throws Refusal
 */
export async function readStartToken(
  token: string,
  start: "event" | "schedule",
  { fleet, asked, now }: EvidenceRequest,
  keysOf: KeysOf,
): Promise<ReadEvidence> {
  const { jws, issuer } = await verifyOutside(token, fleet.starters, keysOf);
  if (jws.type !== START_TOKEN_TYPE) throw Refusal.of("evidence.type");
  const { digest, newSession, notBefore, ...claims } = soundly(() => claimsOf(jws));
  const { expiresAt } = claims;
  const waited = !(expiresAt > now) && asked?.digest === digest ? asked : undefined;
  const at = waited?.at ?? now;
  if (isAhead(notBefore, at)) throw Refusal.of("evidence.from-future");
  return {
    at,
    evidence: {
      start,
      ...claims,
      type: jws.type,
      knownStarter: issuer.starts.includes(start),
      // The store decides: the one write that starts the run also notes the token.
      replayed: false,
    },
    proven: () => ({
      by: start,
      user: null,
      expiresAt: waited?.until ?? expiresAt,
      parent: undefined,
      parentToken: undefined,
      outside: { digest, single: true, until: expiresAt + APPROVAL_SECONDS, newSession },
    }),
  };
}

function claimsOf(jws: CompactJws) {
  const { claims } = jws;
  text(claims, "jti");
  return {
    digest: digestOf(jws),
    newSession: asksForNewSession(claims),
    audience: audienceOf(claims),
    subject: text(claims, "sub"),
    task: text(claims, "task"),
    ...timesOf(claims),
  };
}
