import { isObject } from "../value";
import type { Block } from "../block";
import type { Json } from "../../../domain";

/** Of one condition: another one within it, or beside it, may stand for more. */
const ONE_OR_NONE = /^\$\{[^?{}]*\?\s*(?:1\s*:\s*0|0\s*:\s*1)\s*\}$/;

/** Whether a count is one at most, in each case of its condition */
export function isOneAtMost(count: Json | undefined): boolean {
  return count === undefined || count === null || Number(count) <= 1 || ONE_OR_NONE.test(String(count));
}

/** Whether a block may make several resources */
export function isRepeated({ body: { count, for_each: repeated } }: Block): boolean {
  if (!isOneAtMost(count)) return true;
  if (repeated === undefined || repeated === null) return false;
  if (isObject(repeated)) return Object.keys(repeated).length > 1;
  return !/^\$\{\s*toset\(\s*\[\s*(?:"[^"]*"\s*,?)?\s*\]\s*\)\s*\}$/.test(String(repeated));
}

/** Whether a text is another one for each resource that its block makes */
export function isOfInstance(text: unknown): boolean {
  return typeof text === "string" && /\b(?:count\.index|each\.(?:key|value))\b/.test(text);
}
