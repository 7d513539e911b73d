import { strictJsonValue } from "../folder/strict-json";
import { isObject, type Json } from "../json";
import { joined, type PartialText, Unknown, type Value } from "./value";

/** They stand for nothing in Unicode, and around the number of what is not known. */
const OPEN = "\uE000";
const CLOSE = "\uE001";
const MARK = /\uE000(\d+)\uE001/;

/** The value of a JSON text; what is not known may stand within its strings. Undefined where it is not read */
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
    return pieces.length === 3 && first === "" && last === "" && only instanceof Unknown ? only : joined(pieces);
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
