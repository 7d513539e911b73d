import type { StoredTask } from "../../approval/access-task";
import { type ApprovalRecord, approvalState } from "../../approval/approval-record";
import { approvalId } from "../../approval/denial";
import { isStopped } from "../../approval/stopped";
import { rfc3339 } from "../../rfc3339";
import type { Asker } from "./asker";

/** "Task Status Values" of Draft 1; `partial` is of bundles alone */
export type TaskStatus = "approved" | "cancelled" | "denied" | "expired" | "failed" | "pending";

/** Public view of a task: without names of people and without their reasons */
export interface ShownTask {
  readonly task: {
    readonly id: string;
    readonly status: TaskStatus;
    readonly status_endpoint: string;
    readonly expires_at: string;
    readonly links?: { readonly cancel: string };
  };
  /** Only where it is approved */
  readonly result?: {
    readonly mode: "reevaluate";
    readonly approval: { readonly id: string; readonly approved_at: string; readonly approved_until: string };
  };
}

/** Below the exchange's address */
export const ACCESS_REQUESTS = "/access/v1/requests";

export async function statusOf(
  { state, fleet, now }: Asker,
  task: StoredTask,
  record: ApprovalRecord,
): Promise<TaskStatus> {
  if (task.ended !== undefined) return task.ended;
  if (record.decision !== null) return record.decision.verdict === "approved" ? "approved" : "denied";
  const standing = approvalState(record, now);
  if (standing === "cancelled") return "cancelled";
  if (standing !== "pending") return "expired";
  const { run, sid } = task;
  const { agents, user } = record;
  if (await isStopped(state, { ...(agents && { agents }), runs: [run], sessions: [sid], user })) return "cancelled";
  const approver = fleet.agentOf(record.agent)?.tasks.get(record.request.task as string)?.approval;
  // The task asks other people by now, or more of them: what these say would not let the call out.
  const counts = approver?.group === record.group && record.people >= (approver.people ?? 1);
  return counts ? "pending" : "failed";
}

export function shownTask(
  issuer: string,
  { run }: Asker,
  task: StoredTask,
  record: ApprovalRecord,
  status: TaskStatus,
): ShownTask {
  const { id, expiresAt } = task;
  const address = `${issuer}${ACCESS_REQUESTS}/${id}`;
  const approval = status === "approved" ? approvedOf(record, id) : undefined;
  return {
    task: {
      id,
      status,
      status_endpoint: address,
      expires_at: rfc3339(expiresAt),
      ...(run.run === task.run && { links: { cancel: `${address}/cancel` } }),
    },
    ...(approval && { result: { mode: "reevaluate", approval } }),
  };
}

function approvedOf({ decision }: ApprovalRecord, task: string) {
  if (decision === null) return undefined;
  return { id: approvalId(task), approved_at: rfc3339(decision.at), approved_until: rfc3339(decision.expiresAt) };
}
