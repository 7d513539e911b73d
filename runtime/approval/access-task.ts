import { z } from "zod";
import type { EpochState } from "../session/stored";
import { accessTaskKey } from "../store/keys";
import type { Write } from "../store/store";

/** What one run waits for, as the store holds it */
export interface StoredTask {
  readonly id: string;
  /** Of the record that people decide on */
  readonly handle: string;
  /** Id of the run that submitted it, and its session */
  readonly run: string;
  readonly sid: string;
  /** Whole seconds since the epoch: from then on it cannot be asked for */
  readonly expiresAt: number;
  /** How it ended before people decided; it stays so. Left out while it has not */
  readonly ended?: "cancelled" | "failed";
  readonly version: number;
}

/** For which a task is known after its end: a client that begins again finds it by its `Idempotency-Key` */
export const KEPT_SECONDS = 86_400;

const ID = /^arq_[A-Za-z0-9_-]{43}$/;
const text = z.string().min(1);
const schema = z.strictObject({
  handle: text,
  run: text,
  sid: text,
  expiresAt: z.int().min(0),
  ended: z.enum(["cancelled", "failed"]).exactOptional(),
});

export async function readTask({ store, epoch }: EpochState, id: string): Promise<StoredTask | undefined> {
  if (!ID.test(id)) return undefined;
  const [item] = await store.read([accessTaskKey(epoch, id)]);
  return item && { id, ...schema.parse(item.value), version: item.version };
}

export function newTaskWrite(epoch: number, { id, version: _, ...task }: StoredTask): Write {
  return { ...put(epoch, id, task), when: "absent" };
}

/** Fails with StoreConflict where it ended otherwise meanwhile */
export function endedWrite(epoch: number, task: StoredTask, ended: NonNullable<StoredTask["ended"]>): Write {
  const { id, version, ...rest } = task;
  return { ...put(epoch, id, { ...rest, ended }), when: { version } };
}

function put(epoch: number, id: string, task: Omit<StoredTask, "id" | "version">) {
  return {
    kind: "put",
    key: accessTaskKey(epoch, id),
    value: { ...task },
    expiresAt: task.expiresAt + KEPT_SECONDS,
  } as const;
}
