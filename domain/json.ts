import { byKey } from "./by-text";
import { isRecord } from "./is-record";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** For `JSON.stringify`: objects with sorted keys */
export function sortedKeys(_key: string, value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(byKey));
}
