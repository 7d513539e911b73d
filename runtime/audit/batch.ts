import { canonicalJson } from "../canonical-json";
import { bytesOf, type CheckedWrite, checkedWrite, placeOf } from "../store/checked";
import { STORE_LIMITS } from "../store/store";
import { MOST_ENTRY_BYTES } from "./tlog/entry-bundle";
import type { Act } from "./audit";

/** An act that waits for its transaction */
export interface CheckedAct {
  readonly act: Act;
  readonly keys: readonly string[];
  /** `act.writes`, checked */
  readonly writes: readonly CheckedWrite[];
  /** RFC 8785 form of an object that has the event's facts alone */
  readonly facts: string;
  /** With its record, at most */
  readonly bytes: number;
}

export interface PendingAct extends CheckedAct {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** The head of the writer, and its entry among all writers */
const ENDS = { writes: 2, bytes: 2_048 } as const;
/** Writes of one act at most, beside its record */
const ACT_WRITES = STORE_LIMITS.writes - ENDS.writes - 1;
/** Of several acts together: what tells of a person grows when it is sealed (store/persons), at most so much */
const BATCH_BYTES = STORE_LIMITS.transactionBytes / 2;
/** What a record adds to an event, and the store to both */
const RECORD_BYTES = 1_024;

/** Check what would fail a transaction for others too. */
export function checkedAct(act: Act): CheckedAct {
  if (act.writes.length > ACT_WRITES)
    throw new RangeError(`an act must have at most ${ACT_WRITES} writes, got ${act.writes.length}`);
  const writes = act.writes.map(checkedWrite);
  const keys = writes.map(placeOf);
  if (new Set(keys).size < keys.length) throw new RangeError("each key must stand in one write of an act only");
  const { kind, time } = act.event;
  const facts = canonicalJson({ facts: act.event.facts });
  // One object of both has two brackets less and a comma more.
  const event = Buffer.byteLength(facts) + Buffer.byteLength(canonicalJson({ kind, time })) - 1;
  // A record is an entry of the log, which takes no longer one.
  const longest = MOST_ENTRY_BYTES - RECORD_BYTES;
  if (event > longest) throw new RangeError(`an event must have at most ${longest} bytes, got ${event}`);
  const bytes = writes.reduce((sum, write) => sum + bytesOf(write), event + RECORD_BYTES);
  if (bytes > STORE_LIMITS.transactionBytes - ENDS.bytes) {
    throw new RangeError(`an act must have at most ${STORE_LIMITS.transactionBytes - ENDS.bytes} bytes, got ${bytes}`);
  }
  return { act, keys, writes, facts, bytes };
}

/** How many acts, from the first on, one transaction takes */
export function batchLength(acts: readonly PendingAct[]): number {
  let writes: number = ENDS.writes;
  let bytes: number = ENDS.bytes;
  const beyond = acts.findIndex((pending) => {
    writes += pending.keys.length + 1;
    bytes += pending.bytes;
    return writes > STORE_LIMITS.writes || bytes > BATCH_BYTES;
  });
  return beyond === -1 ? acts.length : Math.max(beyond, 1);
}
