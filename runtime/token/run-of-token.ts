import type { Run } from "../session/session";
import type { AccessTokenClaims } from "./access-token";
import type { SubjectId } from "./subject-id";

/** Whether a token says of its run what is known of it. Where it does not, it is another's, or one of them is not ours. */
export function isRunOf(run: Run, { client_id, task, txn, sid, sub_id }: AccessTokenClaims): boolean {
  const same = run.spiffeId === client_id && run.task === task && run.txn === txn && run.sid === sid;
  return same && isSubject(run, sub_id);
}

function isSubject({ user, chain, spiffeId }: Run, id: SubjectId): boolean {
  if (user === null) return id.format === "uri" && id.uri === (chain[0]?.spiffeId ?? spiffeId);
  return id.format === "iss_sub" && id.iss === user.issuer && id.sub === user.subject;
}
