import type { AuditEvent } from "../audit/audit";
import type { AccessTokenClaims } from "../exchange/access-token";
import type { Refusal } from "../exchange/refusal";
import { userDigest } from "../session/user-digest";
import type { Credential } from "./credential";

/** Written before the credential goes out. Nothing of what is in it is told, only until when it lasts. */
export function outboundGiven(
  service: string,
  claims: AccessTokenClaims,
  { expiresAt }: Credential,
  time: number,
): AuditEvent {
  return { kind: "outbound.given", time, facts: { service, ...ofToken(claims), expiresAt } };
}

/** @param claims undefined where the token is not sound */
export function outboundRefused(
  service: string,
  claims: AccessTokenClaims | undefined,
  { error, reasons }: Refusal,
  time: number,
): AuditEvent {
  const facts = { ...(claims === undefined ? {} : ofToken(claims)), error, codes: reasons.map(({ code }) => code) };
  return { kind: "outbound.refused", time, facts: { service, ...facts } };
}

function ofToken({ client_id: spiffeId, task, run, txn, sid, jti: token, aud, sub_id: user }: AccessTokenClaims) {
  const digest = user.format === "uri" ? null : userDigest({ issuer: user.iss, subject: user.sub });
  return { spiffeId, task, run, txn, sid, token, audience: aud, user: digest };
}
