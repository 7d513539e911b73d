import { decodeJson, describe, encodeJson, asText, textParts } from "./value-text";
import type { Budget } from "./budget";
import { isObjectValue, isText, joinParts, MAX_TEXT, Unknown, type Value } from "./value";

type Function = (inputs: readonly Value[], budget: Budget) => Value | undefined;

/** The result of a pure function; unknown for other functions, or if an argument is not known enough */
export function call(name: string, inputs: readonly Value[], budget: Budget): Value {
  for (const input of inputs) budget.spend(sizeOf(input));
  const run = FUNCTIONS.get(name);
  return run?.(inputs, budget) ?? new Unknown(describeCall(name, inputs, budget));
}

/** Everything that the result of a function depends on */
export function describeCall(name: string, inputs: readonly Value[], budget: Budget): string {
  return `${name}(${inputs.map((input) => describe(input, budget)).join(", ")})`;
}

const FUNCTIONS: ReadonlyMap<string, Function> = new Map<string, Function>([
  ["jsonencode", ([value], budget) => (value === undefined ? undefined : encodeJson(value, budget))],
  ["jsondecode", ([text]) => (text !== undefined && isText(text) ? decodeJson(text) : undefined)],
  ["join", ([separator, ...lists], budget) => join(separator, lists, budget)],
  ["format", ([pattern, ...values], budget) => format(pattern, values, budget)],
  ["concat", (lists) => (lists.every(Array.isArray) ? lists.flat(1) : undefined)],
  ["merge", merge],
  ["lower", ([text]) => (typeof text === "string" && isAscii(text) ? text.toLowerCase() : undefined)],
  ["upper", ([text]) => (typeof text === "string" && isAscii(text) ? text.toUpperCase() : undefined)],
  ["trimprefix", ([text, part]) => trimmed(text, part, "prefix")],
  ["trimsuffix", ([text, part]) => trimmed(text, part, "suffix")],
  ["replace", ([text, from, to]) => replace(text, from, to)],
  [
    "split",
    ([by, text]) => (typeof by === "string" && typeof text === "string" && by !== "" ? text.split(by) : undefined),
  ],
  ["tostring", ([value], budget) => (value === undefined || value === null ? value : asText(value, budget))],
  ["tolist", ([list]) => (Array.isArray(list) ? list : undefined)],
  ["toset", ([list]) => (Array.isArray(list) ? [...new Set(list as readonly Value[])] : undefined)],
  ["sensitive", ([value]) => value],
  ["nonsensitive", ([value]) => value],
]);

/** Steps to visit a value once, without the content of its members */
function sizeOf(value: Value): number {
  if (typeof value === "string" || Array.isArray(value)) return 1 + (value.length >> 5);
  return isObjectValue(value) ? 1 + Object.keys(value).length : 1;
}

function join(separator: Value | undefined, lists: readonly Value[], budget: Budget): Value | undefined {
  if (typeof separator !== "string" || !lists.every(Array.isArray)) return undefined;
  const parts: (string | Unknown)[] = [];
  for (const [index, each] of (lists.flat(1) as readonly Value[]).entries()) {
    budget.spend();
    if (index > 0) parts.push(separator);
    parts.push(...textParts(each, budget));
  }
  return joinParts(parts);
}

/** `%s`, `%d` and `%%` only */
function format(pattern: Value | undefined, values: readonly Value[], budget: Budget): Value | undefined {
  if (typeof pattern !== "string") return undefined;
  const parts: (string | Unknown)[] = [];
  let used = 0;
  for (const [text] of pattern.matchAll(/[^%]+|%.?/gs)) {
    budget.spend();
    if (!text.startsWith("%")) parts.push(text);
    else if (text === "%%") parts.push("%");
    else {
      const value = values[used];
      if ((text !== "%s" && text !== "%d") || value === undefined || value === null) return undefined;
      if (text === "%d" && typeof value !== "number") return undefined;
      parts.push(...textParts(value, budget));
      used += 1;
    }
  }
  return used === values.length ? joinParts(parts) : undefined;
}

function merge(objects: readonly Value[]): Value | undefined {
  const given = objects.filter((each) => each !== null);
  if (!given.every(isObjectValue)) return undefined;
  return Object.fromEntries(given.flatMap((each) => Object.entries(each)));
}

function trimmed(text: Value | undefined, part: Value | undefined, end: "prefix" | "suffix"): Value | undefined {
  if (typeof text !== "string" || typeof part !== "string") return undefined;
  if (end === "prefix") return text.startsWith(part) ? text.slice(part.length) : text;
  return text.endsWith(part) ? text.slice(0, text.length - part.length) : text;
}

/** A pattern between slashes is a regular expression, which is not evaluated. */
function replace(text: Value | undefined, from: Value | undefined, to: Value | undefined): Value | undefined {
  if (typeof text !== "string" || typeof from !== "string" || typeof to !== "string") return undefined;
  if (from === "" || /^\/.*\/$/s.test(from)) return undefined;
  const pieces = text.split(from);
  return pieces.length * to.length > MAX_TEXT ? undefined : pieces.join(to);
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}
