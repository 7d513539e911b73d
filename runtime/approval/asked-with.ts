import { z } from "zod";
import type { AskedWith } from "../session/evidence";
import type { Run } from "../session/session";
import type { EpochState } from "../session/stored";
import { approvalKey, askedWithKey, revokedKey } from "../store/keys";
import type { Condition, Write } from "../store/store";
import { type ApprovalRecord, approvalSchema, approvalState, recordUntil } from "./approval-record";

/** The agent that a start token started, which may have handed the work on */
export interface StartedWith {
  /** Name */
  readonly agent: string;
  readonly task: string;
  /** Digest of the start token */
  readonly evidence: string;
}

/** A run that a start token is behind */
export interface Started extends StartedWith {
  readonly run: string;
  /** Of all runs that the start token is behind */
  readonly txn: string;
}

/** Of one start token; what is read of each is one request and one run, and the store reads 100 at once */
const MOST_NOTED = 48;

const name = z.string().min(1);
const noted = z.strictObject({ handle: name, run: name, txn: name, until: z.int().min(0) });
const schema = z.array(noted).max(MOST_NOTED);

/**
 * Undefined if no start token is behind the run: a user's token is good for several runs, and an agent's own start has
 * no token.
 */
export function startedWith({ evidence, user, chain, agent, task, run, txn }: Run): Started | undefined {
  if (evidence === null || user !== null) return undefined;
  const first = chain[0] ?? { agent, task };
  return { agent: first.agent, task: first.task, evidence: evidence.digest, run, txn };
}

/**
 * Notes that the run waits for the request; undefined if that is noted already, or too much is: then the start token does not start
 * again for this one. It fails with StoreConflict where another request is noted at the same time: then ask again.
 */
export async function askedWithWrite(
  { store, epoch }: EpochState,
  start: Started,
  record: ApprovalRecord,
  now: number,
): Promise<Write | undefined> {
  const key = askedWithKey(epoch, start);
  const [item] = await store.read([key]);
  const before = item === undefined ? [] : schema.parse(item.value).filter(({ until }) => now < until);
  const { handle } = record;
  const { run, txn } = start;
  if (before.some((each) => each.handle === handle && each.run === run) || before.length >= MOST_NOTED)
    return undefined;
  const value = [...before, { handle, run, txn, until: recordUntil(record) }];
  const when: Condition = item === undefined ? "absent" : { version: item.version };
  return { kind: "put", key, value, expiresAt: Math.max(...value.map(({ until }) => until)), when };
}

/**
 * The transaction of the start token, and the time until which open or approved requests can be used in it. Undefined
 * if there are none, or if one of its runs was stopped.
 */
export async function askedWith(
  { store, epoch }: EpochState,
  start: StartedWith,
  now: number,
): Promise<AskedWith | undefined> {
  const [item] = await store.read([askedWithKey(epoch, start)]);
  const waiting = item === undefined ? [] : schema.parse(item.value);
  const [first] = waiting;
  if (first === undefined) return undefined;
  const handles = [...new Set(waiting.map(({ handle }) => handle))];
  // The transaction's first run may wait for nothing any more, but a stop of the chain is recorded under it.
  const stoppable = [...new Set([first.txn, ...waiting.map(({ run }) => run)])];
  const found = await store.read([
    ...stoppable.map((id) => revokedKey("run", id)),
    ...handles.map((handle) => approvalKey(epoch, handle)),
  ]);
  if (found.slice(0, stoppable.length).some((revoked) => revoked !== undefined)) return undefined;
  const records = found.slice(stoppable.length).flatMap((each) => (each ? [approvalSchema.parse(each.value)] : []));
  const untils = records.flatMap((record) => usableUntil(record, now));
  return untils.length === 0 ? undefined : { until: Math.max(...untils), txn: first.txn };
}

function usableUntil(record: ApprovalRecord, now: number): readonly number[] {
  const standing = approvalState(record, now);
  if (standing === "pending") return [recordUntil(record)];
  return standing === "approved" && record.decision !== null ? [record.decision.expiresAt] : [];
}
