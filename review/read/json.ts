import { isRecord } from "../../domain/is-record";
import { isTree } from "../../domain/registry/tree";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

export function isObject(value: unknown): value is JsonObject {
  return isRecord(value);
}

/** The own member of that name, even one such as `__proto__` */
export function member(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** A list; a single value counts as a list of one. */
export function asList(value: Json): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

/** A value for an error text, cut to stay on one line */
export function show(value: unknown): string {
  const text = (JSON.stringify(value) ?? String(value)).replace(/\s+/g, " ");
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** Whether two JSON values are equal, in any order of keys. `util.isDeepStrictEqual` takes twice as long. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (!isTree(one) || !isTree(other) || Array.isArray(one) !== Array.isArray(other)) return false;
  let more = 0;
  for (const key in one) {
    if (!Object.hasOwn(other, key) || !sameJson(one[key], other[key])) return false;
    more += 1;
  }
  // Faster than two lists of keys; parsed JSON inherits no key.
  for (const _ in other) more -= 1;
  return more === 0;
}
