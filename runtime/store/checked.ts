import { jsonOf } from "./json";
import { kindOf } from "./keys";
import { type Condition, type Key, STORE_LIMITS, type Write } from "./store";

/** What a store adds to the bytes of key and value: names, version, expiry */
const OVERHEAD_BYTES = 128;
const LONE_SURROGATE = /\p{Surrogate}/u;

type Put = Extract<Write, { kind: "put" }>;
/** `text` is the JSON of what is put. */
type SoundWrite = Exclude<Write, Put> | (Put & { readonly text: string });

/** What was checked is not checked again: only this file makes one, and it cannot be changed. */
class Checked {
  readonly #place: string;
  readonly #bytes: number;

  private constructor(write: SoundWrite) {
    Object.assign(this, write);
    const { partition, sort } = write.key;
    this.#place = keyText(write.key);
    const value = write.kind === "put" ? Buffer.byteLength(write.text) : 0;
    this.#bytes = Buffer.byteLength(partition) + Buffer.byteLength(sort) + value + OVERHEAD_BYTES;
    Object.freeze(this);
  }

  public static of<Sound extends SoundWrite>(write: Sound): Checked & Sound {
    return new Checked(write) as Checked & Sound;
  }

  public static is(write: Write): write is CheckedWrite {
    return #place in write;
  }

  /** {@link keyText} of its key */
  public static placeOf(write: CheckedWrite): string {
    return write.#place;
  }

  /** What it counts against the limit of a transaction, at most */
  public static bytesOf(write: CheckedWrite): number {
    return write.#bytes;
  }
}

/** A write that every store takes */
export type CheckedWrite = Checked & SoundWrite;
type CheckedPut = Extract<CheckedWrite, { kind: "put" }>;

export const { bytesOf, placeOf } = Checked;

/** Check what does not depend on what is stored. */
export function checkedWrites(writes: readonly Write[]): readonly CheckedWrite[] {
  if (writes.length === 0 || writes.length > STORE_LIMITS.writes) {
    throw new RangeError(`a transaction must have 1 to ${STORE_LIMITS.writes} writes, got ${writes.length}`);
  }
  const checked = writes.map(checkedWrite);
  const seen = new Set(checked.map(placeOf));
  if (seen.size !== writes.length) throw new RangeError("each key must stand in one write of a transaction only");
  const bytes = checked.reduce((sum, write) => sum + bytesOf(write), 0);
  if (bytes > STORE_LIMITS.transactionBytes) {
    throw new RangeError(`a transaction must have at most ${STORE_LIMITS.transactionBytes} bytes, got ${bytes}`);
  }
  return checked;
}

export function checkedWrite(write: Write): CheckedWrite {
  if (Checked.is(write)) return write;
  if (write.kind === "put") return checkedPut(write, jsonOf(write.value));
  if (write.kind !== "add")
    return Checked.of({ ...write, key: checkedKey(write.key), when: checkedCondition(write.when) });
  if (write.expiresAt !== undefined) checkWhole("expiresAt", write.expiresAt);
  checkWhole("amount", write.amount);
  checkWhole("atMost", write.atMost);
  return Checked.of({ ...write, key: checkedKey(write.key) });
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
  return Checked.of({ ...write, key, when: checkedCondition(write.when), text });
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
