import type { PolicyTask, Reason, ReasonCode } from "../../../domain";
import { reasonOf } from "../../decision/decider";
import { Denial } from "../denial";
import type { AccessRequest, RequestableDenial } from "../exchange-state";
import type { Arguments } from "../request/recognised-call";

/** A person is to read it before deciding, and the exchange takes it in one request with the rest of the call. */
const MOST_BYTES = 32_768;

/** RFC 8628 section 3.5 has it for a client that waits for a person. */
const RETRY_AFTER_SECONDS = 5;

/** What one person's decision makes up for: a tainted session may do what was approved (docs/decisions.md, `session.tainted`). */
const APPROVABLE: ReadonlySet<string> = new Set<ReasonCode>(["approval.required", "session.tainted"]);

/**
 * The arguments on which people decide; undefined where the task needs no approval.
 *
 * @throws Denial `call.too-large`
 */
export function approvableArguments(task: PolicyTask | undefined, args: Arguments): Arguments | undefined {
  if (task === undefined || task.approvalGroup === "") return undefined;
  if (Buffer.byteLength(JSON.stringify(args)) <= MOST_BYTES) return args;
  throw Denial.of(
    "call.too-large",
    `the arguments of a call that a person approves must have at most ${MOST_BYTES} bytes of JSON`,
  );
}

/** Whether nothing but a person's decision keeps the call from going out. What would be refused anyway opens no request. */
export function isOnlyUnapproved(reasons: readonly Reason[]): boolean {
  return reasons.some(({ code }) => code === "approval.required") && reasons.every(({ code }) => APPROVABLE.has(code));
}

/** For the agent, which sends the same request again until a person has decided */
export function approvalRequired(request: AccessRequest, denied: RequestableDenial | undefined): Denial {
  return new Denial("approval_required", [reasonOf("approval.required")], {
    retryAfter: RETRY_AFTER_SECONDS,
    more: { access_request: request, ...denied },
  });
}

/**
 * A person has approved exactly this call, and it is refused all the same: what the agent does next, as AuthZEN's Access Request and Approval
 * Profile says it (Draft 1, "Completion Semantics").
 */
export function refusedAfterApproval(denial: Denial): Denial {
  const { retryAfter } = denial;
  const context =
    retryAfter === undefined
      ? { reason: "policy_denied", next_action: "none" }
      : { reason: "grant_pending", next_action: "retry", retry_after: retryAfter };
  return denial.with({ decision: false, context });
}
