import { createHash } from "node:crypto";

/** A value that is known only after apply */
export class Unknown {
  /** Equal only for equal values, so it names everything that the value depends on; without `{`, `}`, `"`, `\`, `:`, `*`, `?` */
  public readonly symbol: string;

  constructor(description: string) {
    this.symbol = symbolOf(description);
  }
}

/** A text with unknown parts */
export class PartialText {
  constructor(public readonly parts: readonly (string | Unknown)[]) {}
}

/** A value of Terraform, as far as it is known; strings are plain text. */
export type Value = null | boolean | number | string | Unknown | PartialText | readonly Value[] | ObjectValue;

export type ObjectValue = { readonly [key: string]: Value };

/** Most characters of one text */
export const MAX_TEXT = 1_000_000;

const PLAIN_SYMBOL = /^[\w./()#-][\w./()[\], #-]{0,150}$/;

function symbolOf(description: string): string {
  if (PLAIN_SYMBOL.test(description)) return description;
  const readable = description
    .slice(0, 200)
    .replace(/[^\w./()[\],-]+/g, " ")
    .trim()
    .slice(0, 60)
    .trim();
  return `${readable} #${digest(description)}`.trim();
}

/** Enough of SHA-256 to make collisions infeasible */
export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

export function isObjectValue(value: Value | undefined): value is ObjectValue {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown) &&
    !(value instanceof PartialText)
  );
}

export function isText(value: Value): value is string | PartialText {
  return typeof value === "string" || value instanceof PartialText;
}

export function partsOf(text: string | PartialText): readonly (string | Unknown)[] {
  return typeof text === "string" ? [text] : text.parts;
}

/** The parts as one text, or its unknown parts */
export function joinParts(parts: readonly (string | Unknown)[]): string | PartialText | Unknown {
  const merged: (string | Unknown)[] = [];
  let length = 0;
  for (const part of parts) {
    const last = merged.at(-1);
    if (part === "") continue;
    length += typeof part === "string" ? part.length : part.symbol.length;
    if (length > MAX_TEXT)
      return new Unknown(`text longer than ${MAX_TEXT} characters (${digest(describeParts(parts))})`);
    if (typeof part === "string" && typeof last === "string") merged[merged.length - 1] = last + part;
    else merged.push(part);
  }
  // `$` before a reference would read as an escape.
  const isAmbiguous = merged.some(
    (part, index) => typeof part === "string" && part.endsWith("$") && index < merged.length - 1,
  );
  if (isAmbiguous) return new Unknown(describeParts(merged));
  const [only = ""] = merged;
  return merged.length < 2 && typeof only === "string" ? only : new PartialText(merged);
}

function describeParts(parts: readonly (string | Unknown)[]): string {
  return parts.map((part) => (typeof part === "string" ? JSON.stringify(part) : part.symbol)).join(" ");
}
