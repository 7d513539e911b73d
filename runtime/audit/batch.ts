import { canonicalJson } from "../canonical-json";
import { bytesOf, checkedWrite, keyText } from "../store/checked";
import { STORE_LIMITS, type Value } from "../store/store";
import type { Act } from "./audit";

/** An act that waits for its transaction */
export interface CheckedAct {
  readonly act: Act;
  readonly keys: readonly string[];
  /** With its record, at most */
  readonly bytes: number;
}

export interface PendingAct extends CheckedAct {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** The head of the chain, and its writer's entry */
const ENDS = { writes: 2, bytes: 2_048 } as const;
/** What the chain adds to an event */
const RECORD_BYTES = 1_024;

/** Check what would fail a transaction for others too. */
export function checkedAct(act: Act): CheckedAct {
  const keys = act.writes.map(({ key }) => keyText(key));
  const most = STORE_LIMITS.writes - ENDS.writes - 1;
  if (keys.length > most) throw new RangeError(`an act must have at most ${most} writes, got ${keys.length}`);
  if (new Set(keys).size < keys.length) throw new RangeError("each key must stand in one write of an act only");
  const event = Buffer.byteLength(canonicalJson(act.event as unknown as Value));
  const longest = STORE_LIMITS.valueBytes - RECORD_BYTES;
  if (event > longest) throw new RangeError(`an event must have at most ${longest} bytes, got ${event}`);
  const bytes = act.writes.reduce((sum, write) => sum + bytesOf(checkedWrite(write)), event + RECORD_BYTES);
  if (bytes > STORE_LIMITS.transactionBytes - ENDS.bytes) {
    throw new RangeError(`an act must have at most ${STORE_LIMITS.transactionBytes - ENDS.bytes} bytes, got ${bytes}`);
  }
  return { act, keys, bytes };
}

/** As many acts as one transaction takes, no two of which write to the same key; the others in their order. */
export function batchOf(queue: readonly PendingAct[]): { readonly batch: PendingAct[]; readonly rest: PendingAct[] } {
  const batch: PendingAct[] = [];
  const rest: PendingAct[] = [];
  const keys = new Set<string>();
  let writes: number = ENDS.writes;
  let bytes: number = ENDS.bytes;
  for (const pending of queue) {
    const more = pending.keys.length + 1;
    const fits = writes + more <= STORE_LIMITS.writes && bytes + pending.bytes <= STORE_LIMITS.transactionBytes;
    if (!fits || pending.keys.some((key) => keys.has(key))) {
      rest.push(pending);
      // Those that wait are not passed by on their own keys.
      for (const key of pending.keys) keys.add(key);
      continue;
    }
    for (const key of pending.keys) keys.add(key);
    batch.push(pending);
    writes += more;
    bytes += pending.bytes;
  }
  return { batch, rest };
}
