import { randomBytes } from "node:crypto";
import { z } from "zod";
import { Refusal } from "../refusal/refusal";
import type { FleetTask } from "../registry/registry";
import type { EpochState } from "../session/stored";
import { approvalKey, approvalOfGroupKey } from "../store/keys";
import { storedRequest, withRequest } from "./stored-request";
import type { Condition, Item, Write } from "../store/store";
import {
  type ApprovalRecord,
  approvalSchema,
  approvalState,
  type Asking,
  recordUntil,
  shownUntil,
} from "./approval-record";
import { askedAgain } from "./asked-again";
import { askedWithWrite, type Started } from "./asked-with";
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
  /** Names of the agent and its delegators */
  readonly agents: readonly string[];
  /** Ids of the run that asks, its transaction and the runs that handed it on: where one is stopped, people decide no more */
  readonly runs: readonly string[];
  /** `sid` of the same runs */
  readonly sessions: readonly string[];
  /** The start token's record behind the run; undefined without one */
  readonly start: Started | undefined;
  readonly asking: Asking;
  /** Whole seconds since the epoch */
  readonly now: number;
}

export interface Asked {
  readonly record: ApprovalRecord;
  /** Whether the writes open it: people were not asked before */
  readonly isNew: boolean;
  readonly writes: readonly Write[];
}

/** Who decides, as the task says now */
type Deciding = Pick<ApprovalRequest["approval"], "group" | "people">;

/** Unguessable: 256 bits */
const HANDLE_BYTES = 32;
const HANDLE = /^[A-Za-z0-9_-]{43}$/;
const pointerSchema = z.strictObject({ handle: z.string().min(1) });

/**
 * Ask people to decide. As long as its answer could still be used, an equal request shares the first one's record, and
 * only the further start token that waits for it is written. The writes fail with StoreConflict on a concurrent equal
 * request: then ask again.
 *
 * @throws Refusal `approval.refused` if an equal request was refused, until its time to decide is over;
 * `approval.too-many`
 */
export async function ask(state: EpochState, asked: ApprovalRequest): Promise<Asked> {
  const { request, txn, approval, start, now } = asked;
  const digest = requestDigest(request);
  const { pointer, stored } = await pointedAt(state, digest);
  const notedFor = async (record: ApprovalRecord): Promise<readonly Write[]> => {
    const write = start && (await askedWithWrite(state, start, record, now));
    return write === undefined ? [] : [write];
  };
  if (stored !== undefined && stands(stored.record, approval, now)) {
    if (approvalState(stored.record, now) === "refused") throw Refusal.of("approval.refused");
    const record = await askedAgain(state, stored.record, asked);
    if (record !== undefined) {
      const put = { ...recordPut(state.epoch, record), when: { version: stored.version } };
      return {
        record,
        isNew: false,
        writes: [...(record === stored.record ? [] : [put]), ...(await notedFor(record))],
      };
    }
  }
  const record = newRecord(asked, digest);
  const when: Condition = pointer === undefined ? "absent" : { version: pointer.version };
  const key = approvalKey(state.epoch, digest);
  return {
    record,
    isNew: true,
    writes: [
      { kind: "put", key, value: { handle: record.handle }, expiresAt: recordUntil(record), when },
      { ...recordPut(state.epoch, record), when: "absent" },
      {
        kind: "put",
        key: approvalOfGroupKey(state.epoch, record),
        value: { handle: record.handle },
        expiresAt: shownUntil(record),
        when: "absent",
      },
      ...(await openedWrites(state, { ...request, txn }, record, now)),
      ...(await notedFor(record)),
    ],
  };
}

/**
 * The group's request for exactly this call while it matters: while it is open, until its decision is used or expires,
 * and until a refused request may be made again. Undefined if there is none.
 */
export async function standingApproval(
  state: EpochState,
  digest: string,
  approval: Deciding,
  now: number,
): Promise<StoredApproval | undefined> {
  const { stored } = await pointedAt(state, digest);
  return stored !== undefined && stands(stored.record, approval, now) ? stored : undefined;
}

/** What was asked last about a request. No handle has the form of a digest, so that who knows a request cannot name its record. */
export async function pointedAt(
  state: EpochState,
  digest: string,
): Promise<{ readonly pointer: Item | undefined; readonly stored: StoredApproval | undefined }> {
  const [pointer] = await state.store.read([approvalKey(state.epoch, digest)]);
  const stored = pointer && (await readApproval(state, pointerSchema.parse(pointer.value).handle));
  return { pointer, stored };
}

/** Undefined if this epoch has none, or if it can no longer be used */
export async function readApproval({ store, epoch }: EpochState, handle: string): Promise<StoredApproval | undefined> {
  if (!HANDLE.test(handle)) return undefined;
  const [item] = await store.read([approvalKey(epoch, handle)]);
  return approvalOf(item);
}

/** Of these handles, in their order, those that are known; at most 100 */
export async function readApprovals(
  { store, epoch }: EpochState,
  handles: readonly string[],
): Promise<readonly StoredApproval[]> {
  const items = await store.read(handles.map((handle) => approvalKey(epoch, handle)));
  return items.flatMap((item) => approvalOf(item) ?? []);
}

/**
 * Whether people may still decide on it
 *
 * @throws StoreUnavailable
 */
export async function isUndecided(state: EpochState, handle: string, now: number): Promise<boolean> {
  const stored = await readApproval(state, handle);
  return stored !== undefined && approvalState(stored.record, now) === "pending";
}

function approvalOf(item: Item | undefined): StoredApproval | undefined {
  return item === undefined
    ? undefined
    : { record: approvalSchema.parse(withRequest(item.value)), version: item.version };
}

/** Uses an approval up. Fails with StoreConflict where it was used meanwhile. */
export function spendApprovalWrite(epoch: number, { record, version }: StoredApproval, now: number): Write {
  return { ...recordPut(epoch, { ...record, spentAt: now }), when: { version } };
}

export function decidedWrite(
  epoch: number,
  { record, version }: StoredApproval,
  decided: Pick<ApprovalRecord, "approvals" | "decision">,
): Write {
  return { ...recordPut(epoch, { ...record, ...decided }), when: { version } };
}

/** Gives up what people have not decided on. Fails with StoreConflict where something of it changed meanwhile. */
export function cancelledWrite(epoch: number, { record, version }: StoredApproval, now: number): Write {
  return { ...recordPut(epoch, { ...record, cancelledAt: now }), when: { version } };
}

/** Whether an answer could still be used, or must still be heeded */
function stands(record: ApprovalRecord, { group, people }: Deciding, now: number): boolean {
  if (record.group !== group) return false;
  const standing = approvalState(record, now);
  if (standing === "refused") return now < record.openUntil;
  return record.people >= (people ?? 1) && (standing === "pending" || standing === "approved");
}

/** Handles do not begin with a hyphen: a terminal would parse one as an option. */
export function newHandle(random: (size: number) => Buffer = randomBytes): string {
  const handle = random(HANDLE_BYTES).toString("base64url");
  return handle.startsWith("-") ? newHandle(random) : handle;
}

function newRecord(
  { request, approval, owners, agents, runs, sessions, asking, now }: ApprovalRequest,
  digest: string,
): ApprovalRecord {
  const { group, requestOpenSeconds, decisionGoodForSeconds, people = 1 } = approval;
  return {
    handle: newHandle(),
    seal: newHandle(),
    digest,
    request: exactly(request),
    agent: request.agent,
    agents,
    runs,
    sessions,
    user: request.user,
    owners,
    group,
    people,
    asking,
    requestedAt: now,
    openUntil: now + requestOpenSeconds,
    goodForSeconds: decisionGoodForSeconds,
    approvals: [],
    decision: null,
    spentAt: null,
  };
}

function recordPut(epoch: number, record: ApprovalRecord): Omit<Extract<Write, { kind: "put" }>, "when"> {
  const { user, asking, approvals, decision } = record;
  const value = {
    ...record,
    request: storedRequest(record.request),
    user: user && { ...user },
    asking: { ...asking },
    approvals: approvals.map((one) => ({ ...one, by: { ...one.by } })),
    decision: decision && { ...decision, by: { ...decision.by } },
  };
  return { kind: "put", key: approvalKey(epoch, record.handle), value, expiresAt: shownUntil(record) };
}
