import { type JsonSchema, own } from "../../../domain";
import { brief, type RegistryMatch } from "../../reach/declared/registry";
import { sameJson, isObject, type JsonObject } from "../../read/json";
import type { About, Gap } from "./gap";

/**
 * Another request counts as the action. Unknown which matches more, unless only query and body are stricter, or the same
 * model is asked for less.
 */
export function matchGaps(was: RegistryMatch, is: RegistryMatch, { name, through, at }: About): readonly Gap[] {
  if (sameJson(was, is) || isStricterRequest(is, was)) return [];
  const [one, other] = [requestText(was), requestText(is)];
  const gap = { kind: "tool", witness: witnessOf(is), at: `${at}.match` } as const;
  return [
    one === other
      ? { ...gap, what: `${name}${through} takes another ${partsThatDiffer(was, is)}` }
      : { ...gap, what: `${name}${through} is ${other}`, otherwise: one },
  ];
}

function isStricterRequest(one: RegistryMatch, other: RegistryMatch): boolean {
  if ("model" in one && "model" in other) return isLessOfModel(one, other);
  if (!("method" in one) || !("method" in other)) return false;
  if (one.method !== other.method || one.path !== other.path) return false;
  return (["query", "body"] as const).every((part) => {
    const [stricter, wider] = [one[part], other[part]];
    if (stricter === undefined || wider === undefined) return stricter === wider;
    return isStricter(stricter, wider);
  });
}

type ModelMatch = Extract<RegistryMatch, { readonly model: string }>;

function isLessOfModel(one: ModelMatch, other: ModelMatch): boolean {
  return (
    one.model === other.model &&
    one.maxOutputTokens <= other.maxOutputTokens &&
    one.apis.every((api) => other.apis.includes(api)) &&
    one.allows.every((feature) => other.allows.includes(feature))
  );
}

function partsThatDiffer(was: RegistryMatch, is: RegistryMatch): string {
  const [one, other] = [was, is].map((match) => ("method" in match ? match : {})) as [Parts, Parts];
  return (["query", "body"] as const).filter((part) => !sameJson(one[part], other[part])).join(" and another ");
}

interface Parts {
  readonly query?: JsonSchema | undefined;
  readonly body?: JsonSchema | undefined;
}

function witnessOf(match: RegistryMatch): string {
  if (!("method" in match)) return requestText(match);
  const parts = (["query", "body"] as const).flatMap((part) =>
    match[part] === undefined ? [] : [`a ${part} that satisfies ${brief(JSON.stringify(match[part]))}`],
  );
  return `${match.method} ${brief(match.path)}${withParts(parts)}`;
}

function requestText(match: RegistryMatch): string {
  if ("tool" in match) return `the tool ${brief(match.tool)}`;
  if ("model" in match) return modelText(match);
  const parts = (["query", "body"] as const).filter((part) => match[part] !== undefined);
  return `${match.method} ${brief(match.path)}${withParts(parts.map((part) => `a ${part}`))}`;
}

function modelText({ model, apis, maxOutputTokens, allows }: ModelMatch): string {
  const asked = `the model ${brief(model)} by ${apis.join(" or ")}, up to ${maxOutputTokens} tokens an answer`;
  return allows.length === 0 ? asked : `${asked}, with ${allows.join(", ")}`;
}

function withParts(parts: readonly string[]): string {
  return parts.length === 0 ? "" : ` with ${parts.join(" and ")}`;
}

/** Keywords that are upper bounds: lower is stricter */
const UPPER = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];
/** Keywords that are lower bounds: higher is stricter */
const LOWER = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
/** Keywords that only narrow when added */
const FURTHER = ["additionalProperties", "const", "enum", "format", "pattern", "required", "type"];

/**
 * Whether a JSON Schema surely accepts nothing that the other refuses. Knows bounds, further keywords, `required`, `enum`,
 * and `properties` of the same names; any other difference may be wider.
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
