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
  return isUnambiguous(text) ? value : undefined;
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

/** Looks at each character of sound JSON once, without recursion. */
function isUnambiguous(text: string): boolean {
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
