import type { DecisionInput } from "../../../domain";
import { isRecord } from "../../../domain/is-record";
import { bases } from "./cases";
import { NOON } from "./edit";

type Deep<T> = T extends readonly unknown[] | string | number | boolean | null
  ? T
  : { readonly [K in keyof T]?: Deep<T[K]> };

/** Seconds since the epoch, counted from the noon at which the requests of the bases are made */
export const at = (seconds: number): number => NOON + seconds;

/** A request of the bases with some fields changed; objects are merged, other values replaced. */
export function requestLike(base: string, changes: Deep<DecisionInput> = {}): DecisionInput {
  const input = bases.get(base);
  if (input === undefined) throw new Error(`no such base: ${base}`);
  return merged(input, changes) as DecisionInput;
}

/** Support-triage reads a ticket for a user, which is allowed. */
export function request(changes: Deep<DecisionInput> = {}): DecisionInput {
  return requestLike("triage reads a ticket", changes);
}

function merged(value: unknown, changes: unknown): unknown {
  if (!isRecord(value) || !isRecord(changes)) return changes;
  return { ...value, ...Object.fromEntries(Object.entries(changes).map(([key, to]) => [key, merged(value[key], to)])) };
}
