import type { AuditEvent } from "../audit/audit";
import type { Refusal } from "../refusal/refusal";
import { userDigest } from "../store/user-digest";
import type { AccessTokenClaims } from "../token/access-token";
import { userOf } from "../token/subject-id";
import type { Credential } from "./credential";

/** Written before the credential goes out. The record has its lifetime only, not its content. */
export function outboundGiven(
  service: string,
  claims: AccessTokenClaims,
  { expiresAt }: Credential,
  time: number,
): AuditEvent {
  return { kind: "outbound.given", time, facts: { service, ...ofToken(claims), expiresAt } };
}

/** @param claims undefined if the token is not sound */
export function outboundRefused(
  service: string,
  claims: AccessTokenClaims | undefined,
  { error, reasons }: Refusal,
  time: number,
): AuditEvent {
  const facts = { ...(claims === undefined ? {} : ofToken(claims)), error, codes: reasons.map(({ code }) => code) };
  return { kind: "outbound.refused", time, facts: { service, ...facts } };
}

function ofToken({ client_id: spiffeId, task, run, txn, sid, jti: token, aud: audience, sub_id }: AccessTokenClaims) {
  const user = userOf(sub_id);
  return { spiffeId, task, run, txn, sid, token, audience, user: user && userDigest(user) };
}
