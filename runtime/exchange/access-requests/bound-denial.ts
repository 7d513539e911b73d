import type { ApprovalRecord } from "../../approval/approval-record";
import { pointedAt, type StoredApproval } from "../../approval/approvals";
import { evaluationId, evaluationOf, isSameId } from "../../approval/denial";
import { canonicalJson, NoCanonicalForm } from "../../canonical-json";
import type { Value } from "../../json";
import { AccessProblem } from "./access-problem";
import type { Asker } from "./asker";
import type { Submission } from "./submission";

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * The approval record behind a denial. Caller and id bind run, agent, user, chain and task, and the digest binds the
 * call: nothing in the submission is trusted.
 *
 * @throws AccessProblem
 */
export async function boundDenial({ state, fleet, run, now }: Asker, submission: Submission): Promise<StoredApproval> {
  const { denial, client } = submission;
  const approver = fleet.agentOf(run.spiffeId)?.tasks.get(run.task)?.approval;
  if (approver === undefined) throw AccessProblem.of("not_requestable", "no call of the task waits for a person");
  if (denial === undefined) throw unbound("denial is missing");
  const { evaluation_id: id, expires_at: expires, evaluated_at: evaluated, binding_token: token, template } = denial;
  if (token !== undefined) throw unbound("binding_token must be left out: none was told");
  if (id === undefined) throw unbound("denial.evaluation_id is missing");
  if (client?.actor !== undefined && !isOnly(client.actor, run.spiffeId)) {
    throw AccessProblem.malformed("client.actor must name the calling agent by its SPIFFE ID, without issuer and act");
  }
  if (secondsOf(expires) <= now) throw AccessProblem.of("expired_denial");
  const { request_digest: digest } = submission.context;
  if (typeof digest !== "string" || !DIGEST.test(digest)) throw unbound();
  const { stored } = await pointedAt(state, digest);
  if (stored === undefined) throw unbound();
  const { record } = stored;
  if (!isSameId(id, evaluationId(record, run.run)) || !isSameCall(record, submission)) throw unbound();
  const said = [
    secondsOf(expires),
    evaluated === undefined ? record.requestedAt : secondsOf(evaluated),
    template ?? record.group,
  ];
  if (said.join() !== [record.openUntil, record.requestedAt, record.group].join()) throw unbound();
  if (now >= record.openUntil) throw AccessProblem.of("expired_denial");
  if (record.group !== approver.group) throw AccessProblem.of("not_requestable", "the task asks other people now");
  return stored;
}

/** By the members that were told, and by all of them: a member more, or of another value, is another call. */
function isSameCall(record: ApprovalRecord, { subject, resource, action, context }: Submission): boolean {
  const { destination = null, request_digest: digest = null } = context;
  const said = { subject, resource, action, context: { destination, request_digest: digest } };
  try {
    return canonicalJson(said) === canonicalJson(evaluationOf(record) as unknown as Value);
  } catch (error) {
    if (error instanceof NoCanonicalForm) return false;
    throw error;
  }
}

function isOnly(actor: Readonly<Record<string, unknown>>, spiffeId: string): boolean {
  return actor["id"] === spiffeId && !("issuer" in actor) && !("act" in actor);
}

function secondsOf(instant: string): number {
  return Date.parse(instant) / 1_000;
}

/** One answer for what is not there, what is another's and what was changed */
function unbound(detail?: string): AccessProblem {
  return AccessProblem.of("invalid_denial_binding", detail);
}
