import { createHash } from "node:crypto";
import { z } from "zod";
import type { User } from "../../domain";
import { Refusal } from "../refusal/refusal";
import type { EpochState } from "../session/stored";
import { approvalKey, openApprovalsKey } from "../store/keys";
import type { Condition, Write } from "../store/store";
import { userDigest } from "../store/user-digest";
import { type ApprovalRecord, approvalSchema, type ApprovalState, approvalState } from "./approval-record";

/**
 * Most open requests of one agent in one task, for one user, or in one transaction without a user: more than people
 * decide within the hour.
 */
export const MOST_OPEN = 32;
/** Of one agent in one task, in all transactions without a user together, because strangers may cause their starts. */
export const MOST_OPEN_WITHOUT_USER = 256;

const COUNTED: ReadonlySet<ApprovalState> = new Set<ApprovalState>(["cancelled", "pending"]);

/** Keys that the store reads at once */
const READ = 100;

/** On whose behalf people are asked */
export interface Asker {
  /** SPIFFE ID */
  readonly agent: string;
  readonly user: User | null;
  readonly task: string;
  readonly txn: string;
}

const time = z.int().min(0);
const schema = z.array(z.strictObject({ handle: z.string().min(1), until: time })).max(MOST_OPEN_WITHOUT_USER);
type Open = z.infer<typeof schema>;

/**
 * Counts one more request among those that are open. The writes fail with StoreConflict where another one is counted at the
 * same time: then ask again.
 *
 * @throws Refusal `approval.too-many`
 */
export async function openedWrites(
  state: EpochState,
  { agent, user, task, txn }: Asker,
  record: ApprovalRecord,
  now: number,
): Promise<readonly Write[]> {
  const counted = (name: readonly (string | null)[], most: number) => countedWrite(state, name, most, record, now);
  if (user !== null) return [await counted([agent, userDigest(user), task], MOST_OPEN)];
  return [
    await counted([agent, null, task, txn], MOST_OPEN),
    await counted([agent, null, task], MOST_OPEN_WITHOUT_USER),
  ];
}

async function countedWrite(
  state: EpochState,
  name: readonly (string | null)[],
  most: number,
  record: ApprovalRecord,
  now: number,
): Promise<Write> {
  const digest = createHash("sha256").update(JSON.stringify(name)).digest("base64url");
  const key = openApprovalsKey(state.epoch, digest);
  const [item] = await state.store.read([key]);
  const open = await stillOpen(state, item === undefined ? [] : schema.parse(item.value), most, now);
  if (open.length >= most) throw Refusal.of("approval.too-many");
  const value = [...open, { handle: record.handle, until: record.openUntil }];
  const when: Condition = item === undefined ? "absent" : { version: item.version };
  return { kind: "put", key, value, expiresAt: Math.max(...value.map(({ until }) => until)), when };
}

/**
 * Where there seem to be too many, those that people have decided on are looked for: deciding does not touch the count. One that was given up
 * counts on: asking and giving up again and again would ask people without end.
 */
async function stillOpen({ store, epoch }: EpochState, open: Open, most: number, now: number): Promise<Open> {
  const inTime = open.filter(({ until }) => now < until);
  if (inTime.length < most) return inTime;
  const keys = inTime.map(({ handle }) => approvalKey(epoch, handle));
  const batches = Array.from({ length: Math.ceil(keys.length / READ) }, (_, n) => keys.slice(n * READ, (n + 1) * READ));
  const items = (await Promise.all(batches.map((batch) => store.read(batch)))).flat();
  return inTime.filter((_, index) => {
    const item = items[index];
    return item !== undefined && COUNTED.has(approvalState(approvalSchema.parse(item.value), now));
  });
}
