import type { Budget } from "./budget";
import { describe } from "./encode";
import { isText, type PartialText, partsOf, Unknown, type Value } from "./value";

/** What Terraform makes of a value in the middle of a text */
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
