import type { Budget } from "./budget";
import { type PartialText, isObjectValue, isText, joinParts, partsOf, Unknown, type Value } from "./value";
import { strictJsonValue } from "../folder/strict-json";
import { isObject, type Json } from "../json";

/** A value as JSON; unknown parts become text in it. */
export function encodeJson(value: Value, budget: Budget): string | PartialText | Unknown {
  const parts: (string | Unknown)[] = [];
  write(value, parts, budget);
  return joinParts(parts);
}

/** A whole value as one text: equal for equal values only */
export function describe(value: Value, budget: Budget): string {
  if (value instanceof Unknown) return value.symbol;
  const parts: (string | Unknown)[] = [];
  write(value, parts, budget);
  // JSON escapes this character, so that no text looks like a symbol.
  return parts.map((part) => (typeof part === "string" ? part : `\u0000${part.symbol}\u0000`)).join("");
}

function write(value: Value, parts: (string | Unknown)[], budget: Budget): void {
  budget.spend();
  if (value instanceof Unknown) parts.push('"', value, '"');
  else if (isText(value)) {
    parts.push('"');
    for (const part of partsOf(value)) {
      if (typeof part === "string") budget.spend(part.length >> 5);
      parts.push(typeof part === "string" ? JSON.stringify(part).slice(1, -1) : part);
    }
    parts.push('"');
  } else if (Array.isArray(value)) {
    parts.push("[");
    (value as readonly Value[]).forEach((each, index) => {
      if (index > 0) parts.push(",");
      budget.nested(() => write(each, parts, budget));
    });
    parts.push("]");
  } else if (isObjectValue(value)) {
    parts.push("{");
    Object.entries(value).forEach(([key, each], index) => {
      parts.push(`${index > 0 ? "," : ""}${JSON.stringify(key)}:`);
      budget.nested(() => write(each, parts, budget));
    });
    parts.push("}");
  } else parts.push(JSON.stringify(value));
}

/** A value inside a text, as Terraform converts it */
export function asText(value: Value, budget: Budget): string | PartialText | Unknown {
  if (isText(value) || value instanceof Unknown) return value;
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number" && (Number.isSafeInteger(value) || /^-?\d+\.\d+$/.test(String(value)))) {
    return String(value);
  }
  return new Unknown(`no text: ${describe(value, budget)}`);
}

export function textParts(value: Value, budget: Budget): readonly (string | Unknown)[] {
  const text = asText(value, budget);
  return text instanceof Unknown ? [text] : partsOf(text);
}

/** They have no meaning in Unicode, and enclose the number of an unknown part. */
const OPEN = "\uE000";
const CLOSE = "\uE001";
const MARK = /\uE000(\d+)\uE001/;

/** The value of a JSON text; its strings may contain unknown parts. Undefined if it cannot be parsed */
export function decodeJson(text: string | PartialText): Value | undefined {
  if (typeof text === "string") return strictJsonValue(text);
  if (text.parts.some((part) => typeof part === "string" && (part.includes(OPEN) || part.includes(CLOSE))))
    return undefined;
  const marked = text.parts
    .map((part, index) => (typeof part === "string" ? part : `${OPEN}${index}${CLOSE}`))
    .join("");
  const value = strictJsonValue(marked);
  return value === undefined ? undefined : unmarked(value, text.parts);
}

function unmarked(value: Json, parts: readonly (string | Unknown)[]): Value | undefined {
  if (typeof value === "string") {
    const pieces = value.split(MARK).map((piece, index) => (index % 2 === 0 ? piece : (parts[Number(piece)] ?? "")));
    const [first, only, last] = pieces;
    return pieces.length === 3 && first === "" && last === "" && only instanceof Unknown ? only : joinParts(pieces);
  }
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((each) => unmarked(each, parts));
    return items.includes(undefined) ? undefined : (items as readonly Value[]);
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, unmarked(each, parts)] as const);
  if (entries.some(([key, each]) => MARK.test(key) || each === undefined)) return undefined;
  return Object.fromEntries(entries as readonly (readonly [string, Value])[]);
}
