import { isRecord } from "../is-record";

/** What a schema of arguments may cost: an agent chooses the arguments, and all agents wait while they are checked. */
const LONGEST_MATCHED = 1_000;
const MOST_COMPARED = 100;

/** Members whose values are no schemas */
const VALUES: ReadonlySet<string> = new Set(["const", "default", "enum", "examples"]);

/** The part of a JSON Schema that could take long to check, and what to write instead; undefined if there is none */
export function costlyPart(schema: unknown): string | undefined {
  if (Array.isArray(schema)) return firstOf(schema);
  if (!isRecord(schema)) return undefined;
  return ownCost(schema) ?? firstOf(Object.entries(schema).flatMap(([key, value]) => (VALUES.has(key) ? [] : [value])));
}

function firstOf(schemas: readonly unknown[]): string | undefined {
  for (const each of schemas) {
    const found = costlyPart(each);
    if (found !== undefined) return found;
  }
  return undefined;
}

function ownCost(schema: Readonly<Record<string, unknown>>): string | undefined {
  const { pattern, format, maxLength, uniqueItems, maxItems, patternProperties } = schema;
  const isBounded = typeof maxLength === "number" && maxLength <= LONGEST_MATCHED;
  const matched = typeof pattern === "string" ? "pattern" : typeof format === "string" ? "format" : undefined;
  if (matched !== undefined && !isBounded) return `${matched} needs maxLength beside it, at most ${LONGEST_MATCHED}`;
  if (typeof pattern === "string" && !isSimple(pattern)) {
    return `pattern must repeat no group that has a repetition or a choice in it, and look neither ahead nor back, got ${JSON.stringify(pattern)}`;
  }
  if (isRecord(patternProperties)) return "patternProperties must be left out: write properties";
  if (uniqueItems === true && !(typeof maxItems === "number" && maxItems <= MOST_COMPARED)) {
    return `uniqueItems needs maxItems beside it, at most ${MOST_COMPARED}`;
  }
  return undefined;
}

/** A class of characters, an escape, a sign that means something, or any other character */
const PART = /\[(?:[^\]\\]|\\.)*\]|\\.|\(\?[:=!<]?|[(|)*+?]|\{\d+,?\d*\}|[^]/g;
const REPEATS = /^(?:[*+]|\{\d+,\d*\})$/;

/** Whether a regular expression cannot try exponentially many ways: no repetition is within another one, or beside a choice in it. */
function isSimple(pattern: string): boolean {
  const parts = pattern.match(PART) ?? [];
  /** Of each group that is open: whether a repetition or a choice is in it */
  const open: boolean[] = [false];
  for (const [index, part] of parts.entries()) {
    if (/^\(\?[=!<]$/.test(part) || /^\\[1-9k]$/.test(part)) return false;
    if (part.startsWith("(")) open.push(false);
    else if (part === ")") {
      const branches = open.pop() === true;
      if (branches && REPEATS.test(parts[index + 1] ?? "")) return false;
      open[open.length - 1] = open.at(-1) === true || branches;
    } else if (part === "|" || REPEATS.test(part)) open[open.length - 1] = true;
  }
  return true;
}
