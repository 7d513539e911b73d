import { createHash } from "node:crypto";
import { z } from "zod";
import type { User } from "../../domain";
import { Refusal } from "../exchange/refusal";
import type { EpochState } from "../session/stored";
import { userDigest } from "../session/user-digest";
import { approvalKey, openApprovalsKey } from "../store/keys";
import type { Condition, Write } from "../store/store";
import { type ApprovalRecord, approvalSchema, approvalState } from "./approval-record";

/** Requests that wait for people at once, of one agent for one user in one task: nobody decides on more within the hour. */
export const MOST_OPEN = 32;

/** For whom people are asked */
export interface Asker {
  /** SPIFFE ID */
  readonly agent: string;
  readonly user: User | null;
  readonly task: string;
}

const time = z.int().min(0);
const schema = z.array(z.strictObject({ handle: z.string().min(1), until: time })).max(MOST_OPEN);
type Open = z.infer<typeof schema>;

/**
 * Counts one more request among those that are open. The write fails with StoreConflict where another one is counted at the
 * same time: then ask again.
 *
 * @throws Refusal `approval.too-many`
 */
export async function openedWrite(
  state: EpochState,
  asker: Asker,
  record: ApprovalRecord,
  now: number,
): Promise<Write> {
  const { agent, user, task } = asker;
  const name = JSON.stringify([agent, user && userDigest(user), task]);
  const key = openApprovalsKey(state.epoch, createHash("sha256").update(name).digest("base64url"));
  const [item] = await state.store.read([key]);
  const open = await stillOpen(state, item === undefined ? [] : schema.parse(item.value), now);
  if (open.length >= MOST_OPEN) throw Refusal.of("approval.too-many");
  const value = [...open, { handle: record.handle, until: record.openUntil }];
  const when: Condition = item === undefined ? "absent" : { version: item.version };
  return { kind: "put", key, value, expiresAt: Math.max(...value.map(({ until }) => until)), when };
}

/** Where there seem to be too many, those that people have decided on are looked for: deciding does not touch the count. */
async function stillOpen({ store, epoch }: EpochState, open: Open, now: number): Promise<Open> {
  const inTime = open.filter(({ until }) => now < until);
  if (inTime.length < MOST_OPEN) return inTime;
  const items = await store.read(inTime.map(({ handle }) => approvalKey(epoch, handle)));
  return inTime.filter((_, index) => {
    const item = items[index];
    return item !== undefined && approvalState(approvalSchema.parse(item.value), now) === "pending";
  });
}
