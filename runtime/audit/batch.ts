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

/** How many acts, from the first on, one transaction takes */
export function batchLength(acts: readonly PendingAct[]): number {
  let writes: number = ENDS.writes;
  let bytes: number = ENDS.bytes;
  const beyond = acts.findIndex((pending) => {
    writes += pending.keys.length + 1;
    bytes += pending.bytes;
    return writes > STORE_LIMITS.writes || bytes > STORE_LIMITS.transactionBytes;
  });
  return beyond === -1 ? acts.length : beyond;
}
