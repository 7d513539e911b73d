import { isDeepStrictEqual } from "node:util";
import { own } from "../../../domain";

/** Keywords whose number bounds from above: less is stricter */
const UPPER = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];
/** Keywords whose number bounds from below: more is stricter */
const LOWER = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
/** Lists of which more is stricter, and of which less is */
const [REQUIRED, ENUM] = ["required", "enum"];

/**
 * Whether a JSON Schema surely accepts nothing that the other refuses. Knows bounds, `required`, `enum`, and `properties`
 * of the same names; whatever else differs may be wider.
 */
export function isStricter(one: unknown, other: unknown): boolean {
  if (isDeepStrictEqual(one, other)) return true;
  if (!isObject(one) || !isObject(other)) return false;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((keyword) =>
    isStricterKeyword(keyword, own(one, keyword), own(other, keyword)),
  );
}

function isStricterKeyword(keyword: string, one: unknown, other: unknown): boolean {
  if (isDeepStrictEqual(one, other)) return true;
  if (UPPER.includes(keyword)) return typeof one === "number" && (other === undefined || one <= Number(other));
  if (LOWER.includes(keyword)) return typeof one === "number" && (other === undefined || one >= Number(other));
  if (keyword === REQUIRED) return isList(one) && (other === undefined || (isList(other) && hasAll(one, other)));
  if (keyword === ENUM) return isList(one) && (other === undefined || (isList(other) && hasAll(other, one)));
  return keyword === "properties" && isObject(one) && isObject(other) && areStricter(one, other);
}

function areStricter(one: Schema, other: Schema): boolean {
  const names = Object.keys(one);
  const same = names.length === Object.keys(other).length && names.every((name) => Object.hasOwn(other, name));
  return same && names.every((name) => isStricter(one[name], other[name]));
}

function hasAll(list: readonly unknown[], items: readonly unknown[]): boolean {
  const texts = new Set(list.map((item) => JSON.stringify(item)));
  return items.every((item) => texts.has(JSON.stringify(item)));
}

type Schema = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
