interface Level {
  readonly keys: Set<string> | undefined;
  /** Key in an object, index in an array. */
  at: string | number;
  expectsKey: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;

/**
 * Number of members that the objects of a JSON text are written with, and its nesting depth. `JSON.parse` silently
 * keeps the last of two equal keys: then its value has fewer members ({@link membersIn}).
 */
export function measureJson(json: Uint8Array): { readonly members: number; readonly depth: number } {
  const { length } = json;
  let members = 0;
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < length; at += 1) {
    const byte = json[at] as number;
    // Most bytes are blanks, or within a text.
    if (byte < QUOTE) continue;
    if (byte === QUOTE) {
      at += 1;
      for (let inner = json[at]; at < length && inner !== QUOTE; inner = json[at]) at += inner === BACKSLASH ? 2 : 1;
    } else if (byte === COLON) {
      members += 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1;
    }
  }
  return { members, depth: deepest };
}

/** @param value of JSON whose depth is known to be bounded */
export function membersIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const inner = Array.isArray(value) ? (value as readonly unknown[]) : Object.values(value as object);
  let count = inner === value ? 0 : inner.length;
  // Most values hold nothing: not calling for them halves the time, and so does an index.
  for (let index = 0; index < inner.length; index += 1) {
    const each = inner[index];
    if (typeof each === "object" && each !== null) count += membersIn(each);
  }
  return count;
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;

/**
 * Keys and indices down to the first key that an object of `json` holds twice, such as `["Statement", 0, "Effect"]`.
 *
 * `JSON.parse` silently keeps the last of them, AWS may keep another.
 *
 * @param json text that `JSON.parse` accepts
 */
export function findDuplicateKey(json: string): readonly (string | number)[] | undefined {
  const levels: Level[] = [];
  for (const [token] of json.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token === "{") levels.push({ keys: new Set(), at: "", expectsKey: true });
    else if (token === "[") levels.push({ keys: undefined, at: 0, expectsKey: false });
    else if (token === "}" || token === "]") levels.pop();
    else if (level === undefined) continue;
    else if (token === ":") level.expectsKey = false;
    else if (token === "," && typeof level.at === "number") level.at += 1;
    else if (token === ",") level.expectsKey = true;
    else if (level.expectsKey && level.keys !== undefined) {
      // Parsed, because `"\u0045ffect"` is the same key as `"Effect"`.
      level.at = String(JSON.parse(token));
      if (level.keys.has(level.at)) return levels.map(({ at }) => at);
      level.keys.add(level.at);
    }
  }
  return undefined;
}
