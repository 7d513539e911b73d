import { BundleError } from "./bundle-error";

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * JSON as OPA hashes a structured file: keys in the order of their UTF-8 bytes, no white space, texts as Go writes them.
 * OPA parses a file before it hashes it; a file in this form, whose numbers are written as here, hashes as it stands.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === "string") return text(value);
  if (typeof value === "number") return wholeNumber(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object") throw new BundleError(`a structured file holds JSON only, got ${typeof value}`);
  const entries = Object.entries(value).map(([key, entry]) => ({ key, bytes: Buffer.from(key), entry }));
  entries.sort((a, b) => a.bytes.compare(b.bytes));
  return `{${entries.map(({ key, entry }) => `${text(key)}:${canonicalJson(entry)}`).join(",")}}`;
}

/** Go escapes the two line separators, JavaScript does not. */
function text(value: string): string {
  if (LONE_SURROGATE.test(value)) throw new BundleError(`a text must be sound Unicode, got ${JSON.stringify(value)}`);
  return JSON.stringify(value)
    .replace(/\u2028/g, "\\u2028")
    .replace(/\u2029/g, "\\u2029");
}

/** OPA hashes a number as it is written, and only whole ones are written in one way. */
function wholeNumber(value: number): string {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
    throw new BundleError(`a number of a structured file must be whole, got ${value}`);
  }
  return String(value);
}
