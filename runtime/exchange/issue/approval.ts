import type { ApprovalFacts } from "../../../domain";
import { approvalState } from "../../approval/approval-record";
import { approvalFor, ask } from "../../approval/approvals";
import { type ExactRequest, requestDigest } from "../../approval/digest";
import { ownersOf } from "../../approval/owners";
import type { Act } from "../../audit/audit";
import { reasonOf } from "../../decision/decider";
import { Refusal } from "../../refusal/refusal";
import type { FleetView } from "../../registry/registry";
import type { Run } from "../../session/session";
import type { EpochState } from "../../session/stored";
import { approvalRequested } from "../../token/events";
import { audienceName } from "../request/audience";
import type { TokenRequest } from "../request/token-request";
import { type Approver, checkDestination } from "./exact-call";

/** A request that nothing but a person's decision keeps from being granted */
export interface Undecided {
  readonly state: EpochState;
  readonly fleet: FleetView;
  readonly run: Run;
  readonly request: TokenRequest;
  readonly exact: ExactRequest;
  readonly approver: Approver;
  /** Of the registry by which it was decided */
  readonly revision: number;
  /** Whole seconds since the epoch */
  readonly now: number;
}

/** What was decided under this handle. Whether it may be used is for the policy to say. */
export interface Approved {
  readonly facts: ApprovalFacts;
  readonly claim: { readonly id: string; readonly digest: string };
}

/**
 * The decision that the request names.
 *
 * @param keep writes the act, if there is one, before anybody is told of it
 * @throws Refusal `approval.required` where it names none: then a person is asked; or what was decided otherwise
 */
export async function approvedBy(undecided: Undecided, keep: (act: Act) => Promise<void>): Promise<Approved> {
  const { state, fleet, request, exact, now } = undecided;
  checkDestination(fleet, exact);
  if (request.approval === undefined) throw await asked(undecided, keep);
  const facts = await approvalFor(state, request.approval, exact, now);
  return { facts, claim: { id: request.approval, digest: facts.requestDigest } };
}

async function asked(undecided: Undecided, keep: (act: Act) => Promise<void>): Promise<Refusal> {
  const { state, fleet, run, request, exact, approver, revision, now } = undecided;
  const owners = ownersOf(fleet, exact);
  const evidence = run.evidence?.digest ?? null;
  const { txn } = run;
  const { record, writes } = await ask(state, { request: exact, txn, approval: approver, owners, evidence, now });
  const { handle, digest, group, openUntil, decision } = record;
  if (writes.length > 0) {
    const audience = audienceName(request.audience);
    const event = approvalRequested({ run, digest, group, audience, action: exact.action, openUntil, revision, now });
    await keep({ writes, event });
  }
  const status = approvalState(record, now);
  const until = decision?.expiresAt ?? openUntil;
  return new Refusal("approval_required", [reasonOf("approval.required")], {
    access_request: { id: handle, status, expires_at: until, group },
  });
}

/** Null where nobody is asked */
export function digestOf(exact: ExactRequest | undefined): string | null {
  return exact === undefined ? null : requestDigest(exact);
}
