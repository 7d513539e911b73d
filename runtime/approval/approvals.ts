import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { ApprovalFacts } from "../../domain";
import { deniedBy } from "../refusal/denied";
import { Refusal } from "../refusal/refusal";
import type { FleetTask } from "../registry/registry";
import type { AskedWith } from "../session/evidence";
import type { EpochState } from "../session/stored";
import { approvalKey } from "../store/keys";
import type { Condition, Item, Write } from "../store/store";
import { approvalFacts, type ApprovalRecord, approvalSchema, approvalState } from "./approval-record";
import { type ExactRequest, exactly, requestDigest } from "./digest";
import { openedWrites } from "./open-requests";

/** A record with what a write depends on */
export interface StoredApproval {
  readonly record: ApprovalRecord;
  readonly version: number;
}

export interface ApprovalRequest {
  readonly request: ExactRequest;
  /** That the run is part of */
  readonly txn: string;
  readonly approval: NonNullable<FleetTask["approval"]>;
  /** Of the agent and its delegators */
  readonly owners: readonly string[];
  /** Digest of the evidence of the start */
  readonly evidence: string | null;
  /** Whole seconds since the epoch */
  readonly now: number;
}

/** Unguessable: 256 bits */
const HANDLE_BYTES = 32;
const HANDLE = /^[A-Za-z0-9_-]{43}$/;
const pointerSchema = z.strictObject({ handle: z.string().min(1) });

/**
 * Ask a person. The same request again, as long as the answer could still be used, is the same record and writes nothing.
 * The writes fail with StoreConflict where somebody asks for the same at the same time: then ask again.
 *
 * @throws Refusal `approval.refused` where the same was refused, until the time to decide on it is over; `approval.too-many`
 */
export async function ask(
  state: EpochState,
  asked: ApprovalRequest,
): Promise<{ readonly record: ApprovalRecord; readonly writes: readonly Write[] }> {
  const { request, txn, approval, now } = asked;
  const digest = requestDigest(request);
  // No handle has this form, so that who knows a request cannot name its record.
  const pointer = approvalKey(state.epoch, digest);
  const [item] = await state.store.read([pointer]);
  const open = item && (await readApproval(state, pointerSchema.parse(item.value).handle))?.record;
  if (open !== undefined && open.group === approval.group && answers(open, now)) {
    if (approvalState(open, now) === "refused") throw Refusal.of("approval.refused");
    return { record: open, writes: [] };
  }
  const record = newRecord(asked, digest);
  const expiresAt = recordUntil(record);
  const when: Condition = item === undefined ? "absent" : { version: item.version };
  return {
    record,
    writes: [
      { kind: "put", key: pointer, value: { handle: record.handle }, expiresAt, when },
      { ...recordPut(state.epoch, record), when: "absent" },
      ...(await openedWrites(state, { ...request, txn }, record, now)),
    ],
  };
}

/**
 * What was decided, for a token to be made. That an approval is over or spent is for the policy to say.
 *
 * @throws Refusal `approval.unknown`, `approval.pending`, `approval.refused`, and by the policy's names `approval.over` where nobody
 *   decided in time, `approval.other-request`
 */
export async function approvalFor(
  state: EpochState,
  handle: string,
  request: ExactRequest,
  now: number,
): Promise<ApprovalFacts> {
  const record = (await readApproval(state, handle))?.record;
  if (record === undefined || record.agent !== request.agent) throw Refusal.of("approval.unknown");
  if (record.digest !== requestDigest(request)) throw deniedBy("approval.other-request");
  const standing = approvalState(record, now);
  if (standing === "pending") throw Refusal.of("approval.pending");
  if (standing === "refused") throw Refusal.of("approval.refused");
  const facts = approvalFacts(record);
  if (facts === null) throw deniedBy("approval.over");
  return facts;
}

/**
 * Evidence with which this agent first asked for the approval, whatever was decided: that is for {@link approvalFor} to say. Undefined where there
 * is none.
 */
export async function askedWith(
  state: EpochState,
  handle: string,
  agent: string,
  now: number,
): Promise<AskedWith | undefined> {
  const record = (await readApproval(state, handle))?.record;
  if (record === undefined || record.agent !== agent || record.evidence === null) return undefined;
  const { evidence: digest, requestedAt: at, decision } = record;
  const usable = approvalState(record, now) === "approved" ? decision?.expiresAt : undefined;
  return { digest, at, until: usable ?? recordUntil(record) };
}

/** Undefined where there is none of this epoch, or where it can no longer be used */
export async function readApproval({ store, epoch }: EpochState, handle: string): Promise<StoredApproval | undefined> {
  if (!HANDLE.test(handle)) return undefined;
  const [item] = await store.read([approvalKey(epoch, handle)]);
  return approvalOf(item);
}

function approvalOf(item: Item | undefined): StoredApproval | undefined {
  return item === undefined ? undefined : { record: approvalSchema.parse(item.value), version: item.version };
}

/** Uses an approval up. Fails with StoreConflict where it was used meanwhile. */
export function spendApprovalWrite(epoch: number, { record, version }: StoredApproval, now: number): Write {
  return { ...recordPut(epoch, { ...record, spentAt: now }), when: { version } };
}

export function decidedWrite(
  epoch: number,
  { record, version }: StoredApproval,
  decision: NonNullable<ApprovalRecord["decision"]>,
): Write {
  return { ...recordPut(epoch, { ...record, decision }), when: { version } };
}

/** Until when an answer could still be used, or must still be heeded */
function answers(record: ApprovalRecord, now: number): boolean {
  const standing = approvalState(record, now);
  return standing === "refused" ? now < record.openUntil : standing === "pending" || standing === "approved";
}

function newRecord({ request, approval, owners, evidence, now }: ApprovalRequest, digest: string): ApprovalRecord {
  const { group, requestOpenSeconds, decisionGoodForSeconds } = approval;
  return {
    handle: randomBytes(HANDLE_BYTES).toString("base64url"),
    digest,
    request: exactly(request),
    agent: request.agent,
    user: request.user,
    owners,
    evidence,
    group,
    requestedAt: now,
    openUntil: now + requestOpenSeconds,
    goodForSeconds: decisionGoodForSeconds,
    decision: null,
    spentAt: null,
  };
}

function recordPut(epoch: number, record: ApprovalRecord): Omit<Extract<Write, { kind: "put" }>, "when"> {
  const { user, decision } = record;
  const value = {
    ...record,
    user: user && { ...user },
    decision: decision && { ...decision, by: { ...decision.by } },
  };
  return { kind: "put", key: approvalKey(epoch, record.handle), value, expiresAt: recordUntil(record) };
}

/** Decided at the last moment, it may be used so long. */
function recordUntil({ openUntil, goodForSeconds }: ApprovalRecord): number {
  return openUntil + goodForSeconds;
}
