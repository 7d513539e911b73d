import { isObject, type Json, type JsonObject, member } from "../../../read/json";

/** Readers of values that Terraform writes in several forms: a block is an object or a list of one. */

const NONE: JsonObject = {};

/** The block of that name; without entries if there is none */
export function block(body: JsonObject, key: string): JsonObject {
  return optionalBlock(body, key) ?? NONE;
}

export function optionalBlock(body: JsonObject, key: string): JsonObject | undefined {
  const value = member(body, key);
  const only = Array.isArray(value) && value.length > 0 ? (value as readonly Json[])[0] : value;
  return isObject(only) ? only : undefined;
}

/** A list; a single value counts as a list of one. */
export function list(body: JsonObject, key: string): readonly Json[] {
  const value = member(body, key);
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

export function blocks(body: JsonObject, key: string): readonly JsonObject[] {
  return list(body, key).filter(isObject);
}

export function text(body: JsonObject, key: string): string | undefined {
  return asText(member(body, key));
}

export function texts(body: JsonObject, key: string): readonly string[] {
  return list(body, key).flatMap((value) => asText(value) ?? []);
}

/** Undefined if it is left out or cannot be read */
export function flag(body: JsonObject, key: string): boolean | undefined {
  const value = text(body, key);
  return value === "true" ? true : value === "false" ? false : undefined;
}

/** Entries of a map of texts, such as labels */
export function textMap(body: JsonObject, key: string): ReadonlyMap<string, string> {
  const map = block(body, key);
  const texts = new Map<string, string>();
  for (const name of Object.keys(map)) {
    const known = asText(map[name]);
    if (known !== undefined) texts.set(name, known);
  }
  return texts;
}

function asText(value: Json | undefined): string | undefined {
  return typeof value === "string"
    ? value
    : typeof value === "number" || typeof value === "boolean"
      ? `${value}`
      : undefined;
}

/** Contains a part that is known only after apply */
export function isOpaque(value: string): boolean {
  return /(?<!\$)\$\{|(?<!%)%\{/.test(value);
}

/** Equal for equal values, with keys in any order; null equals a missing key. */
export function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const entries = Object.keys(value)
    .sort()
    .filter((key) => value[key] !== null);
  return `{${entries.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`;
}

/** A copy without some of its keys */
export function without(body: JsonObject, keys: readonly string[]): JsonObject {
  if (!keys.some((key) => Object.hasOwn(body, key))) return body;
  return Object.fromEntries(Object.entries(body).filter(([key]) => !keys.includes(key)));
}

/** A function of an object's body, or of a part of it, computed once for equal objects in base and head. A memo on frozen values. */
export function ofBody<Value>(find: (body: JsonObject) => Value): (body: JsonObject) => Value {
  const known = new WeakMap<JsonObject, { readonly value: Value }>();
  return (body) => {
    const before = known.get(body);
    if (before !== undefined) return before.value;
    const value = find(body);
    known.set(body, { value });
    return value;
  };
}
