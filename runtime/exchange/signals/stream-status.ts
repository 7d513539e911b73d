import { hash } from "node:crypto";
import { z } from "zod";
import { signalStreamKey } from "../../store/keys";
import { retryOnConflict } from "../../store/retry-on-conflict";
import type { StateStore } from "../../store/store";
import type { SignalSource } from "./signals-schema";

export type Stream = Pick<SignalSource, "audience" | "issuer">;

interface Told {
  /** `enabled`, `paused` or `disabled` */
  readonly status: string;
  /** By the transmitter's clock, seconds since the epoch */
  readonly at: number;
}

export const ENABLED = "enabled";
const ATTEMPTS = 5;
const schema = z.strictObject({ status: z.string(), at: z.number() });

/**
 * Kept for all exchanges: the transmitter tells it to one of them.
 *
 * @throws StoreUnavailable, StoreConflict
 */
export async function noteStream(
  store: Pick<StateStore, "read" | "write">,
  stream: Stream,
  { status, at }: Told,
): Promise<void> {
  const key = keyOf(stream);
  await retryOnConflict({ attempts: ATTEMPTS }, async () => {
    const [item] = await store.read([key]);
    if (item !== undefined && schema.parse(item.value).at > at) return;
    const when = item === undefined ? "absent" : { version: item.version };
    await store.write([{ kind: "put", key, value: { status, at }, when }]);
  });
}

/**
 * Whether events come, as far as the transmitter has told
 *
 * @throws StoreUnavailable
 */
export async function isStreamEnabled(store: Pick<StateStore, "read">, stream: Stream): Promise<boolean> {
  const [item] = await store.read([keyOf(stream)]);
  return item === undefined || schema.parse(item.value).status === ENABLED;
}

function keyOf({ issuer, audience }: Stream): ReturnType<typeof signalStreamKey> {
  return signalStreamKey(hash("sha256", JSON.stringify([issuer, audience]), "base64url"));
}
