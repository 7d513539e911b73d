import { readTask } from "../approval/access-task";
import { approvalState } from "../approval/approval-record";
import { readApproval } from "../approval/approvals";
import { isAskedBy, type ShownProblem, taskOfApproval } from "../approval/denial";
import { Refusal } from "../refusal/refusal";
import { usable } from "./call-approval";
import type { Known } from "./known";

/** An approval that does not count for the call that shows it */
export interface UselessApproval {
  readonly problem: ShownProblem;
  /** Whether it was used already, or was given for another request: one that ran out, or that a session has outgrown, is shown in good faith. */
  readonly isReplayed: boolean;
}

/**
 * Why an approval that a call presents does not count for it; undefined if it does. Presenting it grants nothing: the
 * decision on exactly this call counts, presented or not (AuthZEN's Access Request and Approval Profile, Draft 1,
 * "Completion Semantics").
 *
 * @throws Refusal `approval.unverifiable` for an unknown approval, another caller's and an undecided one alike
 */
export async function uselessApproval(known: Known, id: string): Promise<UselessApproval | undefined> {
  const { state, stored, approval, now } = known;
  const task = await readTask(state, taskOfApproval(id));
  const record = task && (await readApproval(state, task.handle))?.record;
  const isOwn = record !== undefined && isAskedBy(record, stored.run);
  if (!id.startsWith("apr_") || !isOwn || record.decision?.verdict !== "approved")
    throw Refusal.of("approval.unverifiable");
  const isSpent = record.spentAt !== null;
  if (record.digest !== approval?.digest) return { problem: "out_of_scope", isReplayed: true };
  if (approvalState(record, now) !== "approved") return { problem: "approval_expired", isReplayed: isSpent };
  return usable(known) === undefined ? { problem: "out_of_scope", isReplayed: false } : undefined;
}
