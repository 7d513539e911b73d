import { LIMITS, START_TOKEN_TYPE } from "../../../domain";
import type { StarterStart } from "../../../domain/rules/starts";
import type { CompactJws } from "../../jose/compact";
import { Refusal } from "../../refusal/refusal";
import type { EvidenceRequest } from "../../session/evidence";
import { asksForNewSession, audienceOf, digestOf, isAhead, startOf, text, timesOf } from "../../outside/claims";
import { type KeysOf, soundly, verifyOutside } from "../../outside/outside-token";
import type { ReadEvidence } from "./read-evidence";

/** For which a run may go on, and what it asks people at its end may be waited for and used */
export const APPROVAL_SECONDS =
  LIMITS.taskTtl.ceiling.seconds + LIMITS.approvalRequest.ceiling.seconds + LIMITS.approvalDecision.ceiling.seconds;

/**
 * A token that a starter signed for one run, and for another one where people were asked for something in the last, as long as they may
 * decide, or what they approved can be used: a run is over sooner than a person decides
 *
 * @throws Refusal
 */
export async function readStartToken(
  token: string,
  start: StarterStart,
  { fleet, agent, task, asked, now }: EvidenceRequest,
  keysOf: KeysOf,
): Promise<ReadEvidence> {
  const { jws, issuer } = await verifyOutside(token, fleet.starters, keysOf);
  if (jws.type !== START_TOKEN_TYPE) throw Refusal.of("evidence.type");
  const { digest, newSession, notBefore, said, ...claims } = soundly(() => claimsOf(jws));
  const { expiresAt, issuedAt } = claims;
  const until = expiresAt + APPROVAL_SECONDS;
  const waited = now < until ? await asked(digest) : undefined;
  const isSaid = said === undefined || said === start;
  const mayStart = issuer.tasks?.includes(`${agent.name}.${task.name}`) ?? true;
  // Of a starter for both, an event's token would else be shown as a schedule's.
  const mayBeOfEvent = (said ?? "event") === "event" && issuer.starts.includes("event");
  // It has started a run before, so it was in time.
  const at = waited === undefined ? now : Math.max(issuedAt, notBefore ?? 0);
  if (isAhead(notBefore, at)) throw Refusal.of("evidence.from-future");
  return {
    at,
    evidence: {
      start,
      ...claims,
      type: jws.type,
      knownStarter: issuer.starts.includes(start) && isSaid && mayStart,
      // The store decides: the one write that starts the run also notes the token.
      replayed: false,
    },
    proven: () => ({
      by: start,
      user: null,
      // What the agent can write itself would otherwise start it anew, without what it has read.
      ...(mayBeOfEvent && !(task.cleanEvents ?? []).includes(issuer.issuer) && { inherits: true }),
      expiresAt: waited?.until ?? expiresAt,
      txn: waited?.txn,
      parent: undefined,
      parentToken: undefined,
      outside: { digest, single: waited === undefined, until, newSession },
    }),
  };
}

function claimsOf(jws: CompactJws) {
  const { claims } = jws;
  text(claims, "jti");
  return {
    digest: digestOf(jws),
    newSession: asksForNewSession(claims),
    said: startOf(claims),
    audience: audienceOf(claims),
    subject: text(claims, "sub"),
    task: text(claims, "task"),
    ...timesOf(claims),
  };
}
