import type { Budget } from "./budget";
import type { PartialText } from "./value";
import { isObjectValue, isText, joined, partsOf, Unknown, type Value } from "./value";

/** The JSON of a value; what is not known stands in it as text. */
export function encodeJson(value: Value, budget: Budget): string | PartialText | Unknown {
  const parts: (string | Unknown)[] = [];
  write(value, parts, budget);
  return joined(parts);
}

/** All that a value is, as one text: equal for equal values only */
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
