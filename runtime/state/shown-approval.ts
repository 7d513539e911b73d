import { readTask } from "../approval/access-task";
import { approvalState } from "../approval/approval-record";
import { readApproval } from "../approval/approvals";
import { isAskedBy, type ShownProblem, taskOfApproval } from "../approval/denial";
import { Refusal } from "../refusal/refusal";
import { usable } from "./call-approval";
import type { Known } from "./known";

/**
 * Why an approval that a call shows does not count for it; undefined where it does. It grants nothing: what counts is what people decided on exactly
 * this call, whether it is shown or not (AuthZEN's Access Request and Approval Profile, Draft 1, "Completion Semantics").
 *
 * @throws Refusal `approval.unverifiable` alike for what is not there, what is another's and what no person approved
 */
export async function shownProblem(known: Known, id: string): Promise<ShownProblem | undefined> {
  const { state, stored, approval, now } = known;
  const task = await readTask(state, taskOfApproval(id));
  const record = task && (await readApproval(state, task.handle))?.record;
  const isOwn = record !== undefined && isAskedBy(record, stored.run);
  if (!id.startsWith("apr_") || !isOwn || record.decision?.verdict !== "approved")
    throw Refusal.of("approval.unverifiable");
  if (record.digest !== approval?.digest) return "out_of_scope";
  if (approvalState(record, now) !== "approved") return "approval_expired";
  return usable(known) === undefined ? "out_of_scope" : undefined;
}
