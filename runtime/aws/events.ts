import { createHash } from "node:crypto";
import type { AuditEvent } from "../audit/audit";
import type { Refusal } from "../refusal/refusal";
import type { AccessTokenClaims } from "../token/access-token";
import { ofRun } from "../token/events";
import type { Granted } from "./granted";

/** Written before STS is asked: from here on there may be credentials. */
export function awsIssued(granted: Granted, revision: number): AuditEvent {
  const { asked, raise, roleSession, end } = granted;
  return {
    kind: "aws.issued",
    time: asked.now,
    facts: {
      ...ofRun(asked.run),
      token: asked.claims.jti,
      role: roleSession.role,
      policy: `sha256:${createHash("sha256").update(roleSession.policy).digest("hex")}`,
      reads: raise.mark ?? null,
      writes: raise.writable?.sensitivity ?? null,
      end,
      revision,
    },
  };
}

/** STS gave no credentials, or they were discarded. Mark and what may be read and written stay as if it had. */
export function awsFailed({ asked }: Granted, refusal: Refusal, time: number): AuditEvent {
  const facts = { ...ofRun(asked.run), token: asked.claims.jti, ...reasonsOf(refusal) };
  return { kind: "aws.failed", time, facts };
}

/** STS was not asked. The record has the run's facts from the token. */
export function awsRefused(claims: AccessTokenClaims, refusal: Refusal, time: number): AuditEvent {
  const { client_id: spiffeId, task, run, txn, sid, jti: token } = claims;
  return { kind: "aws.refused", time, facts: { spiffeId, task, run, txn, sid, token, ...reasonsOf(refusal) } };
}

function reasonsOf({ error, reasons }: Refusal): AuditEvent["facts"] {
  return { error, codes: reasons.map(({ code }) => code) };
}
