import { hash } from "node:crypto";
import { z } from "zod";
import { signalStreamKey } from "../../store/keys";
import { retryOnConflict } from "../../store/retry-on-conflict";
import { type Item, type StateStore, StoreConflict } from "../../store/store";
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
/** Seconds for which the last word of a stream is kept that no exchange asks about any more */
const KEPT_SECONDS = 30 * 86_400;
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
  now: number,
): Promise<void> {
  const key = keyOf(stream);
  await retryOnConflict({ attempts: ATTEMPTS }, async () => {
    const [item] = await store.read([key]);
    if (item !== undefined && schema.parse(item.value).at > at) return;
    const when = item === undefined ? "absent" : { version: item.version };
    await store.write([{ kind: "put", key, value: { status, at }, expiresAt: now + KEPT_SECONDS, when }]);
  });
}

/**
 * Whether the transmitter has enabled the stream, as last reported. Unknown and expired reports count as enabled: the
 * report of a disabled stream is renewed as long as an exchange polls it.
 *
 * @throws StoreUnavailable
 */
export async function isStreamEnabled(
  store: Pick<StateStore, "read" | "write">,
  stream: Stream,
  now: number,
): Promise<boolean> {
  const [item] = await store.read([keyOf(stream)]);
  if (item === undefined) return true;
  const isEnabled = schema.parse(item.value).status === ENABLED;
  const { expiresAt } = item;
  const isSoonOver = expiresAt !== undefined && expiresAt < now + KEPT_SECONDS / 2;
  if (expiresAt === undefined || (!isEnabled && isSoonOver)) await keptOn(store, item, now);
  return isEnabled;
}

/** What an earlier version of the exchange wrote has no end yet. */
async function keptOn(store: Pick<StateStore, "write">, { key, value, version }: Item, now: number): Promise<void> {
  await store.write([{ kind: "put", key, value, expiresAt: now + KEPT_SECONDS, when: { version } }]).catch(passOver);
}

/** Another exchange has written it meanwhile. */
function passOver(error: unknown): void {
  if (!(error instanceof StoreConflict)) throw error;
}

function keyOf(stream: Stream): ReturnType<typeof signalStreamKey> {
  return signalStreamKey(digestOf(stream));
}

/** Names the stream in the store */
export function digestOf({ issuer, audience }: Stream): string {
  return hash("sha256", JSON.stringify([issuer, audience]), "base64url");
}
