import type { CallFacts } from "../../domain";
import type { AuditEvent } from "../audit/audit";
import { userDigest } from "../store/user-digest";
import type { Known } from "./known";
import { callName } from "./policy-facts";

/** What happened to one call */
export function callEvent(
  kind: "approval.requested" | "call.outcome" | "call.refused" | "call.spent",
  { claims, stored, now }: Pick<Known, "claims" | "now" | "stored">,
  call: CallFacts,
  service: string,
  facts: AuditEvent["facts"],
): AuditEvent {
  const { agent, spiffeId, task, user, run, txn, sid } = stored.run;
  return {
    kind,
    time: now,
    facts: {
      agent,
      spiffeId,
      task,
      user: user && userDigest(user),
      run,
      txn,
      sid,
      token: claims.jti,
      call: callName(call),
      destination: call.destination,
      service,
      ...facts,
    },
  };
}
