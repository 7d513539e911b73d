import { jsonOf } from "./json";
import { kindOf } from "./keys";
import { type Condition, type Key, STORE_LIMITS, type Write } from "./store";

/** A write that every store takes; `text` is the JSON of what is put */
export type CheckedWrite = Exclude<Write, Put> | CheckedPut;
type Put = Extract<Write, { kind: "put" }>;
type CheckedPut = Put & { readonly text: string };

/** What was checked is not checked again: nobody else's writes are among these, and nobody can change one since. */
const known = new WeakSet<Write>();

/** What a store adds to the bytes of key and value: names, version, expiry */
const OVERHEAD_BYTES = 128;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Check what does not depend on what is stored. */
export function checkedWrites(writes: readonly Write[]): readonly CheckedWrite[] {
  if (writes.length === 0 || writes.length > STORE_LIMITS.writes) {
    throw new RangeError(`a transaction must have 1 to ${STORE_LIMITS.writes} writes, got ${writes.length}`);
  }
  const checked = writes.map(checkedWrite);
  const seen = new Set(writes.map(({ key }) => keyText(key)));
  if (seen.size !== writes.length) throw new RangeError("each key must stand in one write of a transaction only");
  const bytes = checked.reduce((sum, write) => sum + bytesOf(write), 0);
  if (bytes > STORE_LIMITS.transactionBytes) {
    throw new RangeError(`a transaction must have at most ${STORE_LIMITS.transactionBytes} bytes, got ${bytes}`);
  }
  return checked;
}

export function checkedWrite(write: Write): CheckedWrite {
  if (known.has(write)) return write as CheckedWrite;
  if (write.kind === "put") return checkedPut(write, jsonOf(write.value));
  if (write.kind !== "add") return kept({ ...write, key: checkedKey(write.key), when: checkedCondition(write.when) });
  if (write.expiresAt !== undefined) checkWhole("expiresAt", write.expiresAt);
  checkWhole("amount", write.amount);
  checkWhole("atMost", write.atMost);
  return kept({ ...write, key: checkedKey(write.key) });
}

/** @param text JSON that says all of the value */
export function checkedPut(write: Put, text: string): CheckedPut {
  const key = checkedKey(write.key);
  if (write.expiresAt !== undefined) checkWhole("expiresAt", write.expiresAt);
  const bytes = Buffer.byteLength(text);
  if (bytes > STORE_LIMITS.valueBytes) {
    const what = `a value must have at most ${STORE_LIMITS.valueBytes} bytes of JSON`;
    throw new RangeError(`${what}, got ${bytes} (${kindOf(key)})`);
  }
  return kept({ ...write, key, when: checkedCondition(write.when), text });
}

function kept<Checked extends CheckedWrite>(write: Checked): Checked {
  known.add(write);
  return Object.freeze(write);
}

function checkedKey({ partition, sort }: Key): Key {
  checkKey({ partition, sort });
  return Object.freeze({ partition, sort });
}

function checkedCondition(when: Condition): Condition {
  if (typeof when !== "object") return when;
  checkWhole("version", when.version);
  return Object.freeze({ version: when.version });
}

/** What a write counts against the limit of a transaction, at most */
export function bytesOf(write: CheckedWrite): number {
  const { partition, sort } = write.key;
  const value = write.kind === "put" ? Buffer.byteLength(write.text) : 0;
  return Buffer.byteLength(partition) + Buffer.byteLength(sort) + value + OVERHEAD_BYTES;
}

export function checkKeys(keys: readonly Key[]): void {
  if (keys.length > STORE_LIMITS.writes) {
    throw new RangeError(`at most ${STORE_LIMITS.writes} keys are read at once, got ${keys.length}`);
  }
  for (const key of keys) checkKey(key);
}

export function checkKey({ partition, sort }: Key): void {
  checkPart("partition", partition, STORE_LIMITS.partitionBytes);
  checkPart("sort", sort, STORE_LIMITS.sortBytes);
}

/** No two keys have the same text. */
export function keyText({ partition, sort }: Key): string {
  return `${partition.length}:${partition}${sort}`;
}

function checkPart(name: string, text: string, most: number): void {
  // A unit of UTF-16 has at most three bytes.
  const bytes = text.length * 3 <= most ? text.length : Buffer.byteLength(text);
  if (bytes === 0 || bytes > most) throw new RangeError(`${name} must have 1 to ${most} bytes, got ${bytes}`);
  if (LONE_SURROGATE.test(text)) throw new TypeError(`${name} must be sound Unicode, got ${JSON.stringify(text)}`);
}

function checkWhole(name: string, value: number): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${name} must be a whole number, got ${value}`);
}
