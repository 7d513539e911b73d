import { createHmac, timingSafeEqual } from "node:crypto";
import { rfc3339 } from "../rfc3339";
import type { Run } from "../session/session";
import type { ApprovalRecord } from "./approval-record";
import { type ExactRequest, requestDigest } from "./digest";

/** A call as the Authorization API of AuthZEN 1.0 names it: what a denial is bound to, to the last argument by the digest */
export interface Evaluation {
  readonly subject: {
    readonly type: "agent";
    /** SPIFFE ID */
    readonly id: string;
    readonly properties: { readonly task: string };
  };
  readonly resource: { readonly type: "tool"; readonly id: string };
  readonly action: { readonly name: string };
  readonly context: { readonly destination: string; readonly request_digest: string };
}

/** A denial that people can be asked about, as the Access Request and Approval Profile of AuthZEN has it (Draft 1, "Requestable Denial Context") */
export interface RequestableDenial {
  readonly decision: false;
  readonly context: {
    readonly evaluation_id: string;
    readonly evaluated_at: string;
    readonly reason: ShownProblem | "approval_required";
    /** Only where an approval was shown that does not count */
    readonly next_action?: "request";
    readonly access_request: {
      /** Approver group */
      readonly template: string;
      /** From then on no person can decide */
      readonly expires_at: string;
    };
  };
  readonly evaluation: Evaluation;
}

/** Characters before what an id says */
const PREFIX = "arq_".length;

/** Why an approval that a call showed does not count for it ("Re-evaluation Denial Reason Registry") */
export type ShownProblem = "approval_expired" | "out_of_scope";

/** Denial for an open record; undefined if an earlier version of the exchange opened it without a seal */
export function requestableDenial(
  record: ApprovalRecord,
  run: string,
  shown?: ShownProblem,
): RequestableDenial | undefined {
  const id = evaluationId(record, run);
  if (id === undefined) return undefined;
  return {
    decision: false,
    context: {
      evaluation_id: id,
      evaluated_at: rfc3339(record.requestedAt),
      reason: shown ?? "approval_required",
      ...(shown !== undefined && { next_action: "request" }),
      access_request: { template: record.group, expires_at: rfc3339(record.openUntil) },
    },
    evaluation: evaluationOf(record),
  };
}

export function evaluationOf({ request, digest }: ApprovalRecord): Evaluation {
  const { agent, task, tool, action, destination } = exactOf(request);
  return {
    subject: { type: "agent", id: agent, properties: { task } },
    resource: { type: "tool", id: tool },
    action: { name: action },
    context: { destination, request_digest: digest },
  };
}

/** Id of one run's denial; undefined if the record has no seal. It cannot be guessed. */
export function evaluationId(record: ApprovalRecord, run: string): string | undefined {
  return sealed(record, "eval", run);
}

/** Names what one run waits for. The same for each submission of its denial. */
export function accessTaskId(record: ApprovalRecord, run: string): string | undefined {
  return sealed(record, "arq", run);
}

/** Names what people approved for a task */
export function approvalId(task: string): string {
  return `apr_${task.slice(PREFIX)}`;
}

/** The task whose approval this may be */
export function taskOfApproval(id: string): string {
  return `arq_${id.slice(PREFIX)}`;
}

/** Whether the run is one of those that find the record by the same call: of the same agent, chain, user and task */
export function isAskedBy(record: ApprovalRecord, run: Pick<Run, "chain" | "spiffeId" | "task" | "user">): boolean {
  const { spiffeId: agent, chain, user, task } = run;
  return requestDigest({ ...exactOf(record.request), agent, chain, user, task }) === record.digest;
}

/** Constant-time comparison */
export function isSameId(one: string, other: string | undefined): boolean {
  if (other === undefined) return false;
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function sealed({ seal, digest, openUntil }: ApprovalRecord, kind: "arq" | "eval", run: string) {
  if (seal === undefined) return undefined;
  const about = JSON.stringify([kind, run, digest, openUntil]);
  return `${kind}_${createHmac("sha256", seal).update(about).digest("base64url")}`;
}

/** The request was written by this exchange, in the form of `ExactRequest`. */
function exactOf(request: ApprovalRecord["request"]): ExactRequest {
  return request as unknown as ExactRequest;
}
