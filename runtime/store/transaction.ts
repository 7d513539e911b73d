import type { Value } from "../json";
import type { CheckedWrite } from "./checked";
import { kindOf } from "./keys";
import { valueIn } from "./known-values";
import { type Condition, type Item, type Key, type ListedItem, StoreConflict } from "./store";

/** An item as an in-process store keeps it: its value is JSON text, so that callers cannot modify it. */
export interface Stored {
  readonly version: number;
  readonly expiresAt?: number;
  readonly text: string;
}

/** What becomes of a key */
export type Change = { readonly kind: "put"; readonly stored: Stored } | { readonly kind: "delete" | "none" };

/**
 * What the writes make of what was found, for stores that hold a lock meanwhile.
 *
 * @throws StoreConflict with the index of each write whose condition does not hold
 */
export function changesOf(
  writes: readonly CheckedWrite[],
  found: readonly (Stored | undefined)[],
  now: number,
): readonly Change[] {
  const changes = writes.map((write, index) => changeOf(write, alive(found[index], now)));
  const failed = changes.flatMap((change, index) => (change === undefined ? [index] : []));
  if (failed.length > 0) throw conflictOf(writes, failed);
  return changes as readonly Change[];
}

export function conflictOf(writes: readonly { readonly key: Key }[], failed: readonly number[]): StoreConflict {
  const kinds = writes.filter((_, index) => failed.includes(index)).map(({ key }) => kindOf(key));
  return new StoreConflict(failed, `the condition did not hold for ${kinds.join(", ")}`);
}

/** What is there at this time */
export function alive<T extends { readonly expiresAt?: number }>(item: T | undefined, now: number): T | undefined {
  return item === undefined || (item.expiresAt !== undefined && item.expiresAt <= now) ? undefined : item;
}

export function itemOf(key: Key, { version, expiresAt, text }: Stored): Item {
  return { key, value: valueIn(text), version, ...(expiresAt !== undefined && { expiresAt }) };
}

/** What is listed is mostly looked at once, and takes no place among what is remembered. Of records the text alone is looked at. */
export function listedItemOf(key: Key, { version, expiresAt, text }: Stored): ListedItem {
  let value: Value | undefined;
  return {
    key,
    get value() {
      return (value ??= JSON.parse(text) as Value);
    },
    text,
    version,
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

/** Undefined if the condition does not hold */
function changeOf(write: CheckedWrite, item: Stored | undefined): Change | undefined {
  if (write.kind === "add") return sumOf(write, item);
  if (!holds(write.when, item)) return undefined;
  return write.kind === "put"
    ? written(write.text, write.expiresAt, item)
    : { kind: write.kind === "check" ? "none" : "delete" };
}

function sumOf(write: Extract<CheckedWrite, { kind: "add" }>, item: Stored | undefined): Change | undefined {
  const before: unknown = item === undefined ? 0 : JSON.parse(item.text);
  if (!Number.isSafeInteger(before)) return undefined;
  const sum = (before as number) + write.amount;
  return sum > write.atMost || !Number.isSafeInteger(sum) ? undefined : written(String(sum), write.expiresAt, item);
}

function written(text: string, expiresAt: number | undefined, before: Stored | undefined): Change {
  const version = (before?.version ?? 0) + 1;
  return { kind: "put", stored: { version, text, ...(expiresAt !== undefined && { expiresAt }) } };
}

function holds(when: Condition, item: Stored | undefined): boolean {
  if (when === "any") return true;
  if (when === "absent") return item === undefined;
  return when === "present" ? item !== undefined : item?.version === when.version;
}
