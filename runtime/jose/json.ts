import { isRecord } from "../../domain/is-record";
import { membersIn, measureJson } from "../../iam/duplicate-keys";

export type JsonObject = Readonly<Record<string, unknown>>;

/** Objects and lists within each other, the outermost counted */
export const DEEPEST_JSON = 8;

/** A byte order mark is kept, so that it is refused as JSON. */
const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Half of a character, which no encoding can write */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * JSON that every reader parses alike (RFC 7493): UTF-8, no repeated member, no lone surrogate, no number out of range,
 * no deeper nesting than allowed. Undefined otherwise.
 *
 * @param deepest - {@link DEEPEST_JSON} if left out
 */
export function strictJson(bytes: Uint8Array, deepest = DEEPEST_JSON): unknown {
  let text: string;
  let value: unknown;
  try {
    text = UTF_8.decode(bytes);
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { members, depth } = measureJson(bytes);
  if (depth > deepest || membersIn(value) !== members) return undefined;
  // UTF-8 holds half a character only as an escape, and few texts have escapes.
  return isExact(value, text.includes("\\")) ? value : undefined;
}

/** The same, where it is an object */
export function strictJsonObject(bytes: Uint8Array): JsonObject | undefined {
  const value = strictJson(bytes);
  return isRecord(value) ? value : undefined;
}

/** Whether all numbers are some, and all texts and names are of whole characters */
function isExact(value: unknown, hasEscapes: boolean): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value === "string") return !hasEscapes || !LONE_SURROGATE.test(value);
  if (typeof value !== "object" || value === null) return true;
  if (hasEscapes && Object.keys(value).some((name) => LONE_SURROGATE.test(name))) return false;
  return Object.values(value).every((entry) => isExact(entry, hasEscapes));
}
