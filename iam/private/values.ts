import type { OneOrMany } from "../condition";

/** The values as a list, in the order given. */
export function list(values: OneOrMany | undefined): readonly string[] {
  if (values === undefined) return [];
  return typeof values === "string" ? [values] : values;
}

/**
 * Sorted by code unit without repeats, one value as a plain string: equal sets become equal JSON.
 *
 * CDKTF numbers its tokens as they are made, so a list that holds one keeps the order given.
 */
export function canonicalValues(values: OneOrMany): OneOrMany {
  if (typeof values === "string") return values;
  const distinct = [...new Set(values)];
  const sorted = distinct.some((value) => value.includes("${TfToken[")) ? distinct : distinct.sort();
  const [only] = sorted;
  return sorted.length === 1 && only !== undefined ? only : Object.freeze(sorted);
}

/** A value for an error text, cut to stay on one line. */
export function show(value: unknown): string {
  const text = (JSON.stringify(value) ?? String(value)).replace(/\s+/g, " ");
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
