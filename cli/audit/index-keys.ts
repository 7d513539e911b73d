import { hash } from "node:crypto";
import type { AuditRecord } from "../../runtime/audit/audit";

/** By what records are looked up */
export const LOOK_UPS = ["digest", "stopped", "token", "txn", "writer"] as const;
export type LookUp = (typeof LOOK_UPS)[number];

/** What an index holds of a record. A false name costs a look at a record that does not have it, never a wrong answer. */
export function keysOf(record: AuditRecord): readonly (readonly [by: LookUp, value: string])[] {
  const { facts, kind, writer, sequence } = record;
  const { txn, token, digest, requestDigest, id, user } = facts;
  const named: readonly (readonly [LookUp, unknown])[] = [
    ["writer", `${writer}#${sequence}`],
    ["txn", txn],
    ["token", token],
    ["digest", digest ?? requestDigest],
    ["stopped", kind.startsWith("revocation.") ? (id ?? user) : undefined],
  ];
  return named.filter((key): key is readonly [LookUp, string] => typeof key[1] === "string");
}

/** Whether a record is found by this */
export function hasKey(record: AuditRecord, by: LookUp, value: string): boolean {
  return keysOf(record).some(([its, known]) => its === by && known === value);
}

/**
 * Bits of a name's hash in an index entry: with the 14 bits of a place they form an integer that a double holds
 * exactly.
 */
const HASH_BITS = 39;

/** @returns a whole number below 2^39 */
export function shortHash(by: LookUp, value: string): number {
  const digits = hash("sha256", `${by}\n${value}`, "hex").slice(0, 10);
  return Number.parseInt(digits, 16) % 2 ** HASH_BITS;
}
