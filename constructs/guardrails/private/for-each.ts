import type { Json } from "../../../domain";
import { type BlockBody, isObject } from "../value";

/** A set of texts that are written out, of which each may have an expression in it: `${toset(["a", "arn:${data.aws_partition.p.partition}:b"])}` */
const SET = /^\$\{\s*toset\(\s*\[((?:\s*"(?:[^"\\$]|\$(?!\{)|\$\{[^{}"]*\})*"\s*,?)*)\s*\]\s*\)\s*\}$/;
const TEXT = /"((?:[^"\\$]|\$(?!\{)|\$\{[^{}"]*\})*)"/g;

/**
 * What `${each.value}` or `${each.key}` stands for, where `for_each` is a map or a set that is written out.
 *
 * @returns undefined for another text, and where `for_each` is known at apply only
 */
export function eachOf({ for_each: repeated }: BlockBody, text: Json | undefined): readonly Json[] | undefined {
  const part = typeof text === "string" ? /^\$\{each\.(key|value)\}$/.exec(text)?.[1] : undefined;
  if (part === undefined) return undefined;
  if (isObject(repeated)) return part === "key" ? Object.keys(repeated) : (Object.values(repeated) as readonly Json[]);
  const set = typeof repeated === "string" ? SET.exec(repeated) : null;
  return set === null ? undefined : [...(set[1] as string).matchAll(TEXT)].map(([, value]) => value as string);
}
