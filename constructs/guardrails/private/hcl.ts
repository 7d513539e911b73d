import type { Json } from "../../../domain";
import { type BlockBody, UndecidedValue } from "../value";

/**
 * Reads HCL, version 1, as SPIRE's documentation writes it: blocks, strings, numbers, booleans, lists and objects. Each block becomes a
 * list of objects, and each label an object around it, as HCL's own JSON has them.
 *
 * @throws UndecidedValue for all else, heredocs among it
 * @see https://github.com/hashicorp/hcl/tree/v1.0.0#syntax
 */
export function hclIn(text: string, at: string): BlockBody {
  const tokens = [...text.matchAll(TOKEN)]
    .map(([token]) => token)
    .filter((token) => !/^(?:\s|#|\/\/|\/\*)/.test(token));
  if (tokens.join("") !== text.replace(SKIPPED, (skipped) => (skipped.startsWith('"') ? skipped : "")))
    throw unreadable(text, at);
  let index = 0;

  const take = (wanted?: string): string => {
    const token = tokens[index++];
    if (token === undefined || (wanted !== undefined && token !== wanted)) throw unreadable(text, at);
    return token;
  };
  const members = (end: string | undefined): BlockBody => {
    const body: Record<string, Json> = {};
    while (tokens[index] !== end) member(body);
    index++;
    return body;
  };
  const member = (body: Record<string, Json>): void => {
    const key = nameIn(take());
    if (tokens[index] === "=") {
      index++;
      body[key] = value();
    } else {
      const labels: string[] = [];
      while (tokens[index] !== "{") labels.push(nameIn(take()));
      index++;
      const inner = members("}") as Json;
      const block = labels.reduceRight<Json>((each, label) => ({ [label]: [each] }), inner);
      body[key] = [...((body[key] ?? []) as readonly Json[]), block];
    }
    if (tokens[index] === ",") index++;
  };
  const value = (): Json => {
    const token = take();
    if (token === "{") return members("}") as Json;
    if (token === "[") {
      const list: Json[] = [];
      while (tokens[index] !== "]") {
        list.push(value());
        if (tokens[index] === ",") index++;
      }
      index++;
      return list;
    }
    if (token.startsWith('"')) return JSON.parse(token) as string;
    if (token === "true" || token === "false") return token === "true";
    if (/^-?\d+(?:\.\d+)?$/.test(token)) return Number(token);
    throw unreadable(text, at);
  };
  const nameIn = (token: string): string => {
    if (token.startsWith('"')) return JSON.parse(token) as string;
    if (/^[A-Za-z_][\w.-]*$/.test(token)) return token;
    throw unreadable(text, at);
  };
  return members(undefined);
}

const STRING = String.raw`"(?:[^"\\\n]|\\.)*"`;
const COMMENT = String.raw`#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/`;
const TOKEN = new RegExp(String.raw`${STRING}|${COMMENT}|[{}[\]=,]|[A-Za-z_][\w.-]*|-?\d+(?:\.\d+)?|\s+`, "g");
/** Strings are matched too, so that a comment in one stays. */
const SKIPPED = new RegExp(String.raw`${STRING}|${COMMENT}|\s+`, "g");

function unreadable(text: string, at: string): UndecidedValue {
  return new UndecidedValue(at, text, `${at} is no HCL that guardrails read`);
}
