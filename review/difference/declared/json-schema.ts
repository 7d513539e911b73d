import { own } from "../../../domain";
import { sameJson } from "../../reach/declared/same-json";
import { isObject, type JsonObject } from "../../read/json";

/** Keywords whose number bounds from above: less is stricter */
const UPPER = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];
/** Keywords whose number bounds from below: more is stricter */
const LOWER = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
/** Keywords that only refuse more where there was none */
const FURTHER = ["additionalProperties", "const", "enum", "format", "pattern", "required", "type"];

/**
 * Whether a JSON Schema surely accepts nothing that the other refuses. Knows bounds, further keywords, `required`, `enum`,
 * and `properties` of the same names; whatever else differs may be wider.
 */
export function isStricter(one: unknown, other: unknown): boolean {
  if (sameJson(one, other)) return true;
  if (!isObject(one) || !isObject(other)) return false;
  if (Object.keys(other).length === 0) return true;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((keyword) =>
    isStricterKeyword(keyword, own(one, keyword), own(other, keyword)),
  );
}

function isStricterKeyword(keyword: string, one: unknown, other: unknown): boolean {
  if (sameJson(one, other)) return true;
  if (UPPER.includes(keyword)) return isBound(one) && (other === undefined || (isBound(other) && one <= other));
  if (LOWER.includes(keyword)) return isBound(one) && (other === undefined || (isBound(other) && one >= other));
  if (other === undefined && FURTHER.includes(keyword)) return true;
  if (keyword === "required") return isList(one) && isList(other) && hasAll(one, other);
  if (keyword === "enum") return isList(one) && isList(other) && hasAll(other, one);
  return keyword === "properties" && isObject(one) && isObject(other) && areStricter(one, other);
}

function areStricter(one: JsonObject, other: JsonObject): boolean {
  const names = Object.keys(one);
  const same = names.length === Object.keys(other).length && names.every((name) => Object.hasOwn(other, name));
  return same && names.every((name) => isStricter(one[name], other[name]));
}

function isBound(value: unknown): value is number {
  return typeof value === "number";
}

function hasAll(list: readonly unknown[], items: readonly unknown[]): boolean {
  const texts = new Set(list.map((item) => JSON.stringify(item)));
  return items.every((item) => texts.has(JSON.stringify(item)));
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
