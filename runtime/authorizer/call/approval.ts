import { z } from "zod";
import { INPUT_LIMITS, type PolicyTask, type Reason, type ReasonCode } from "../../../domain";
import { reasonOf } from "../../decision/decider";
import { jsonIn } from "../../json";
import { Denial } from "../denial";
import type { AccessRequest, RequestableDenial } from "../asked-people";
import { type HeaderList, single } from "../request/headers";
import type { Arguments } from "../request/recognised-call";

/** A person is to read it before deciding, and the exchange takes it in one request with the rest of the call. */
const MOST_BYTES = 32_768;

/** RFC 8628 section 3.5 has it for a client that waits for a person. */
const RETRY_AFTER_SECONDS = 5;

/** What one person's decision makes up for: a tainted session may do what was approved (docs/decisions.md, `session.tainted`). */
const APPROVABLE: ReadonlySet<string> = new Set<ReasonCode>(["approval.required", "session.tainted"]);

/**
 * The arguments on which people decide; undefined if the task needs no approval.
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

/**
 * Whether only a person's decision is missing. A call that would be refused for another reason too opens no request.
 */
export function isOnlyUnapproved(reasons: readonly Reason[]): boolean {
  return reasons.some(({ code }) => code === "approval.required") && reasons.every(({ code }) => APPROVABLE.has(code));
}

/** For the agent, which sends the same request again until a person has decided */
export function approvalRequired(request: AccessRequest, denied: RequestableDenial | undefined): Denial {
  return new Denial("approval_required", [reasonOf("approval.required")], {
    retryAfter: RETRY_AFTER_SECONDS,
    more: { access_request: request, ...denied },
    // That people are asked, `approval.requested`, is.
    isOnRecord: true,
  });
}

/**
 * A person has approved exactly this call, or the agent shows an approval, and it is refused all the same: what the agent does next, as AuthZEN's
 * Access Request and Approval Profile says it (Draft 1, "Completion Semantics").
 */
export function refusedAfterApproval(denial: Denial): Denial {
  const { retryAfter, codes } = denial;
  if (denial.more["context"] !== undefined) return denial;
  const isUnverifiable = codes.includes("approval.unverifiable");
  const context =
    retryAfter === undefined
      ? { reason: isUnverifiable ? "approval_unverifiable" : "policy_denied", next_action: "none" }
      : { reason: "grant_pending", next_action: "retry", retry_after: retryAfter };
  return denial.with({ decision: false, context });
}

const APPROVAL_HEADER = "authzen-approval";

const approvalSchema = z.object({ id: z.string().min(1).max(INPUT_LIMITS.text) });

/**
 * Id of the approval that the agent shows, as a task of the exchange told it. A call has no body of AuthZEN in which `context.approval` could stand.
 *
 * @throws Denial `call.header`
 */
export function approvalShown(headers: HeaderList): string | undefined {
  const value = single(headers, APPROVAL_HEADER);
  if (value === undefined) return undefined;
  const { data } = approvalSchema.safeParse(jsonIn(value));
  if (data !== undefined) return data.id;
  throw Denial.of("call.header", `${APPROVAL_HEADER} must be the approval as its task told it, in JSON`);
}
