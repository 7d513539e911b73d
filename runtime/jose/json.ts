export type JsonObject = Readonly<Record<string, unknown>>;

/** Objects and lists within each other, the outermost counted */
export const DEEPEST_JSON = 8;

/** A byte order mark is kept, so that it is refused as JSON. */
const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Half of a character, which no encoding can write */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * JSON that means the same to every reader (RFC 7493): UTF-8, no repeated member, no half character, no number that is none,
 * nested at most {@link DEEPEST_JSON} deep. Undefined where it is not so.
 */
export function strictJson(bytes: Uint8Array): unknown {
  let text: string;
  let value: unknown;
  try {
    text = UTF_8.decode(bytes);
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isUnambiguous(text, value) ? value : undefined;
}

/** The same, where it is an object */
export function strictJsonObject(bytes: Uint8Array): JsonObject | undefined {
  const value = strictJson(bytes);
  return isObject(value) ? value : undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A string, or a bracket; what stands between is numbers, words and signs. */
const PART = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[[\]{}]|-?\d[\d.eE+-]*/g;

/** @param value what the text, which is sound JSON, says */
function isUnambiguous(text: string, value: unknown): boolean {
  // Almost nobody escapes anything. Then names are as they are written, and a name that is repeated is one member less.
  return text.includes("\\") ? isUnambiguousText(text) : membersOf(value, 0) === namesIn(text);
}

/** How many members all objects have together; NaN where it is nested too deep, or a number is none */
function membersOf(value: unknown, depth: number): number {
  if (typeof value === "number") return Number.isFinite(value) ? 0 : NaN;
  if (typeof value !== "object" || value === null) return 0;
  if (depth === DEEPEST_JSON) return NaN;
  const entries: readonly unknown[] = Object.values(value);
  let members = Array.isArray(value) ? 0 : entries.length;
  for (const entry of entries) members += membersOf(entry, depth + 1);
  return members;
}

/** How many strings of sound JSON without an escape stand before a colon */
function namesIn(text: string): number {
  let names = 0;
  for (let quote = text.indexOf('"'); quote !== -1;) {
    let after = text.indexOf('"', quote + 1) + 1;
    while (isSpace(text.charCodeAt(after))) after += 1;
    if (text[after] === ":") names += 1;
    quote = text.indexOf('"', after);
  }
  return names;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

/** Looks at each character of sound JSON once, without recursion. */
function isUnambiguousText(text: string): boolean {
  /** Members seen of each object that is open; an empty one for a list */
  const open: Set<string>[] = [];
  for (const [part, colon] of text.matchAll(PART)) {
    if (part === "{" || part === "[") {
      if (open.push(new Set()) > DEEPEST_JSON) return false;
    } else if (part === "}" || part === "]") {
      open.pop();
    } else if (!part.startsWith('"')) {
      if (!Number.isFinite(Number(part))) return false;
    } else {
      const literal = colon === undefined ? part : part.slice(0, -colon.length);
      const content = contentOf(literal);
      if (content === undefined) return false;
      const members = open.at(-1);
      if (colon !== undefined && members !== undefined) {
        if (members.has(content)) return false;
        members.add(content);
      }
    }
  }
  return true;
}

/** What a string literal says; undefined for half of a character, which UTF-8 has only where it is escaped */
function contentOf(literal: string): string | undefined {
  if (!literal.includes("\\")) return literal.slice(1, -1);
  const content = JSON.parse(literal) as string;
  return LONE_SURROGATE.test(content) ? undefined : content;
}
