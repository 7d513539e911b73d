import type { EpochState } from "../session/stored";
import { type ApprovalRecord, approvalState } from "./approval-record";
import type { ApprovalRequest } from "./approvals";
import { isStopped } from "./stopped";

/** The record of a request that is asked again, as it is from now on; the same one where nothing of it changes. */
export async function askedAgain(
  state: EpochState,
  record: ApprovalRecord,
  asked: Pick<ApprovalRequest, "now" | "runs" | "sessions">,
): Promise<ApprovalRecord> {
  const { runs, sessions, now } = asked;
  if (approvalState(record, now) !== "pending") return record;
  const isAnother = record.runs?.[0] !== runs[0];
  // It waits for this run from now on: the one that asked first gets nothing of it any more.
  return isAnother && (await isStopped(state, record)) ? { ...record, runs, sessions } : record;
}
