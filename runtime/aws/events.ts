import { createHash } from "node:crypto";
import type { AuditEvent } from "../audit/audit";
import { Refusal } from "../exchange/refusal";
import { userDigest } from "../session/user-digest";
import type { Granted } from "./granted";

/** Written before STS is asked: from here on there may be credentials. */
export function awsIssued(granted: Granted, revision: number): AuditEvent {
  const { asked, raise, roleSession, end } = granted;
  return {
    kind: "aws.issued",
    time: asked.now,
    facts: {
      ...whose(granted),
      role: roleSession.role,
      policy: `sha256:${createHash("sha256").update(roleSession.policy).digest("hex")}`,
      reads: raise.mark ?? null,
      writes: raise.writable?.sensitivity ?? null,
      end,
      revision,
    },
  };
}

/** There are no credentials, or nobody got them. Mark and what may be written stay as if there were. */
export function awsFailed(granted: Granted, time: number, error: unknown): AuditEvent {
  const codes = error instanceof Refusal ? error.reasons.map(({ code }) => code) : ["exchange.error"];
  return { kind: "aws.failed", time, facts: { ...whose(granted), codes } };
}

function whose({ asked: { claims, run } }: Granted): AuditEvent["facts"] {
  return {
    agent: run.agent,
    spiffeId: run.spiffeId,
    task: run.task,
    user: run.user && userDigest(run.user),
    run: run.run,
    txn: run.txn,
    sid: run.sid,
    token: claims.jti,
  };
}
