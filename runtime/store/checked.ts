import { jsonOf } from "./json";
import { kindOf } from "./keys";
import { type Key, STORE_LIMITS, type Write } from "./store";

/** A write that every store takes; `text` is the JSON of what is put */
export type CheckedWrite =
  Exclude<Write, { kind: "put" }> | (Extract<Write, { kind: "put" }> & { readonly text: string });

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
  checkKey(write.key);
  if (write.kind !== "add" && typeof write.when === "object") checkWhole("version", write.when.version);
  if (write.kind === "check" || write.kind === "delete") return write;
  if (write.expiresAt !== undefined) checkWhole("expiresAt", write.expiresAt);
  if (write.kind === "put") {
    const text = jsonOf(write.value);
    const bytes = Buffer.byteLength(text);
    if (bytes > STORE_LIMITS.valueBytes) {
      const what = `a value must have at most ${STORE_LIMITS.valueBytes} bytes of JSON`;
      throw new RangeError(`${what}, got ${bytes} (${kindOf(write.key)})`);
    }
    return { ...write, text };
  }
  checkWhole("amount", write.amount);
  checkWhole("atMost", write.atMost);
  return write;
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
  const bytes = Buffer.byteLength(text);
  if (bytes === 0 || bytes > most) throw new RangeError(`${name} must have 1 to ${most} bytes, got ${bytes}`);
  if (LONE_SURROGATE.test(text)) throw new TypeError(`${name} must be sound Unicode, got ${JSON.stringify(text)}`);
}

function checkWhole(name: string, value: number): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${name} must be a whole number, got ${value}`);
}
