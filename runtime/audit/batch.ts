import { bytesOf, type CheckedWrite, checkedWrite, placeOf } from "../store/checked";
import { STORE_LIMITS, type Write } from "../store/store";
import type { AuditEvent } from "./audit";
import { formOf, RECORD_VERSION, type RecordForm } from "./record";
import { MOST_ENTRY_BYTES } from "./tlog/entry-bundle";

/** An act that waits for its transaction */
export interface CheckedAct {
  /** As it is written */
  readonly event: AuditEvent;
  readonly form: RecordForm;
  readonly keys: readonly string[];
  readonly writes: readonly CheckedWrite[];
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

/** What the form of a record has beside those of facts, kind and time */
const FRAME_BYTES = `"sequence":,"version":"${RECORD_VERSION}","writer":`.length;

/** Check what would fail a transaction for others too. */
export function checkedAct(asked: readonly Write[], event: AuditEvent): CheckedAct {
  if (asked.length > ACT_WRITES)
    throw new RangeError(`an act must have at most ${ACT_WRITES} writes, got ${asked.length}`);
  const writes = asked.map(checkedWrite);
  const keys = writes.map(placeOf);
  if (keys.length > 1 && new Set(keys).size < keys.length)
    throw new RangeError("each key must stand in one write of an act only");
  const form = formOf(event);
  const eventBytes = Buffer.byteLength(form.beforeSequence) + Buffer.byteLength(form.beforeWriter) - FRAME_BYTES;
  // A record is an entry of the log, which takes no longer one.
  const longest = MOST_ENTRY_BYTES - RECORD_BYTES;
  if (eventBytes > longest) throw new RangeError(`an event must have at most ${longest} bytes, got ${eventBytes}`);
  const bytes = writes.reduce((sum, write) => sum + bytesOf(write), eventBytes + RECORD_BYTES);
  if (bytes > STORE_LIMITS.transactionBytes - ENDS.bytes) {
    throw new RangeError(`an act must have at most ${STORE_LIMITS.transactionBytes - ENDS.bytes} bytes, got ${bytes}`);
  }
  return { event, form, keys, writes, bytes };
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
