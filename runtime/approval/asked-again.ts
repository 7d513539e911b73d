import { Sensitivity, type SensitivityName } from "../../domain";
import type { EpochState } from "../session/stored";
import { type ApprovalRecord, approvalState, type Asking } from "./approval-record";
import type { ApprovalRequest } from "./approvals";
import { isStopped } from "./stopped";

/**
 * The updated record of a request that is made again; the same object if nothing changes. Undefined if a person has
 * approved it knowing less about this requester than is known now: then people are asked anew.
 */
export async function askedAgain(
  state: EpochState,
  record: ApprovalRecord,
  { asking, runs, sessions, now }: Pick<ApprovalRequest, "asking" | "now" | "runs" | "sessions">,
): Promise<ApprovalRecord | undefined> {
  const isUntouched = approvalState(record, now) === "pending" && record.approvals.length === 0;
  if (!isUntouched && !covers(record.asking, asking)) return undefined;
  if (approvalState(record, now) !== "pending") return record;
  const known = covers(record.asking, asking) ? record : { ...record, asking: raised(record.asking, asking) };
  const isAnother = record.runs?.[0] !== runs[0];
  // From now on it waits for this run; the run that asked first no longer gets the decision.
  return isAnother && (await isStopped(state, record)) ? { ...known, runs, sessions } : known;
}

type Read = Omit<Asking, "userEmail">;

/** Whether a person who was told the one knows all of the other */
export function covers(one: Read, other: Read): boolean {
  return (
    (one.tainted || !other.tainted) &&
    level(one.mark).covers(level(other.mark)) &&
    level(one.sensitivity).covers(level(other.sensitivity))
  );
}

function raised(one: Asking, other: Read): Asking {
  const highest = (name: "mark" | "sensitivity") => Sensitivity.highest([level(one[name]), level(other[name])]).name;
  const tainted = one.tainted || other.tainted;
  return { userEmail: one.userEmail, mark: highest("mark"), tainted, sensitivity: highest("sensitivity") };
}

function level(name: SensitivityName): Sensitivity {
  return Sensitivity.of(name, "sensitivity");
}
