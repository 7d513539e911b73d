import { LIMITS } from "../../../domain";
import { type CompactJws, MalformedToken } from "../../jose/compact";
import { Refusal } from "../../refusal/refusal";
import type { EvidenceRequest } from "../../session/evidence";
import {
  asksForNewSession,
  audienceOf,
  digestOf,
  isAhead,
  mayActOf,
  optionalText,
  text,
  timesOf,
  verifiedEmailOf,
} from "../../outside/claims";
import { namedTasks } from "./named-tasks";
import { type KeysOf, soundly, verifyOutside } from "../../outside/outside-token";
import type { ReadEvidence } from "./read-evidence";

/** Types of access tokens; RFC 7515 section 4.1.9 compares them without regard to case and to `application/` */
const TYPES: readonly unknown[] = [undefined, "at+jwt", "jwt"];

/**
 * An access token of a platform issuer, which starts a task for its user
 *
 * @param signalling issuers that tell which logins have ended
 * @throws Refusal
 */
export async function readUserToken(
  token: string,
  { fleet, now }: EvidenceRequest,
  keysOf: KeysOf,
  signalling: ReadonlySet<string>,
): Promise<ReadEvidence> {
  const { jws, issuer } = await verifyOutside(token, fleet.issuers, keysOf);
  if (!TYPES.includes(jws.type?.toLowerCase().replace(/^application\//, ""))) throw Refusal.of("evidence.type");
  const read = soundly(() => claimsOf(jws));
  if (isAhead(read.notBefore, now)) throw Refusal.of("evidence.from-future");
  const { subject, email, newSession, digest, audience, mayAct, client, tasks, expiresAt, issuedAt } = read;
  return {
    evidence: {
      start: "user",
      audience,
      expiresAt,
      issuedAt,
      ...(mayAct === undefined ? {} : { mayAct }),
      ...(client === undefined ? {} : { client }),
      tasks,
    },
    proven: () => ({
      by: "user",
      user: { issuer: issuer.issuer, subject },
      ...(email !== undefined && { userEmail: email }),
      expiresAt,
      parent: undefined,
      parentToken: undefined,
      outside: {
        digest,
        single: false,
        // A token that is too old starts no run, even if it has not expired.
        until: Math.min(expiresAt, Math.ceil(issuedAt) + LIMITS.userEvidence.seconds),
        newSession,
        ...(signalling.has(issuer.issuer) && { issuedAt: Math.floor(issuedAt) }),
      },
    }),
  };
}

function claimsOf(jws: CompactJws) {
  const { claims } = jws;
  return {
    subject: text(claims, "sub"),
    email: verifiedEmailOf(claims),
    newSession: asksForNewSession(claims),
    digest: digestOf(jws),
    audience: audienceOf(claims),
    mayAct: mayActOf(claims),
    client: clientOf(jws),
    tasks: namedTasks(claims),
    ...timesOf(claims),
  };
}

/** `azp` (OpenID Connect) or `client_id` (RFC 9068) */
function clientOf({ claims }: CompactJws): string | undefined {
  const party = optionalText(claims, "azp");
  const client = optionalText(claims, "client_id");
  if (party !== undefined && client !== undefined && party !== client) {
    throw new MalformedToken("azp and client_id must name the same client");
  }
  return party ?? client;
}
