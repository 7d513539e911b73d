import { unseenReplaced } from "../domain";
import type { Value } from "./json";

/** A value has no canonical form. One sentence. */
export class NoCanonicalForm extends Error {
  public override readonly name = "NoCanonicalForm";
}

/** Real arguments are shallower, and recursive readers must not overflow the stack. */
const DEEPEST = 66;
const HALF_A_CHARACTER = /\p{Surrogate}/u;
/** Printable ASCII that JSON writes as it is */
const AS_IT_IS = /^[ !#-[\]-~]*$/;
const SHOWN_CHARACTERS = 80;
const FEW_NAMES = 24;

/**
 * The one text of a JSON value (RFC 8785): members in the order of their names' UTF-16 code units, no white space, numbers
 * and strings as ECMAScript writes them.
 *
 * @throws NoCanonicalForm if readers could take the value for different ones (RFC 7493): half characters, numbers that a
 *   double does not hold exactly, what is no JSON
 */
export function canonicalJson(value: Value): string {
  const ordered = orderedOf(value, 0);
  const text = ordered === ODD ? undefined : JSON.stringify(ordered);
  return text === undefined || text.includes(ESCAPED_HALF) ? written(value, WHOLE, 0) : text;
}

/** Takes longer to write, or has no form: {@link written} says which */
const ODD = Symbol("odd");
/** JSON.stringify writes half a character so. */
const ESCAPED_HALF = "\\ud";

/** A copy of which JSON.stringify makes the canonical form */
function orderedOf(value: unknown, depth: number): unknown {
  if (depth > DEEPEST) return ODD;
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return isExact(value) ? value : ODD;
  if (Array.isArray(value)) {
    const entries: unknown[] = [];
    for (let index = 0; index < value.length; index++) {
      const entry = orderedOf(value[index], depth + 1);
      if (entry === ODD) return ODD;
      entries.push(entry);
    }
    return entries;
  }
  if (!isPlain(value)) return ODD;
  const members: Record<string, unknown> = {};
  for (const name of inOrder(Object.keys(value))) {
    // Names that begin with a digit may be indexes, which objects have before all others.
    if (name === "__proto__" || (name >= "0" && name < ":")) return ODD;
    const member = orderedOf(value[name], depth + 1);
    if (member === ODD) return ODD;
    members[name] = member;
  }
  return members;
}

/** Sorted in place by UTF-16 code units, as RFC 8785 section 3.2.3 asks. Of a few names faster than sort(), and without copies. */
function inOrder(names: string[]): readonly string[] {
  if (names.length > FEW_NAMES) return names.sort();
  for (let end = 1; end < names.length; end++) {
    const name = names[end] as string;
    let at = end;
    for (; at > 0 && (names[at - 1] as string) > name; at--) names[at] = names[at - 1] as string;
    names[at] = name;
  }
  return names;
}

/** Where a part of the value stands; written out only where something is wrong with it */
interface Place {
  readonly within: Place | undefined;
  readonly name: number | string;
}

const WHOLE: Place = { within: undefined, name: "value" };

function written(value: unknown, place: Place, depth: number): string {
  if (depth > DEEPEST) throw new NoCanonicalForm(`${shown(pathOf(place))} must be nested at most ${DEEPEST} deep`);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return text(value, place);
  if (typeof value === "number") return number(value, place);
  if (Array.isArray(value)) {
    return `[${Array.from(value, (entry, index) => written(entry, { within: place, name: index }, depth + 1)).join(",")}]`;
  }
  if (!isPlain(value)) throw new NoCanonicalForm(`${shown(pathOf(place))} must be JSON, got a ${typeof value}`);
  const members = inOrder(Object.keys(value)).map(
    (name) => `${text(name, place, "a name in ")}:${written(value[name], { within: place, name }, depth + 1)}`,
  );
  return `{${members.join(",")}}`;
}

function pathOf({ within, name }: Place): string {
  if (within === undefined) return `${name}`;
  return typeof name === "number" ? `${pathOf(within)}[${name}]` : `${pathOf(within)}.${name}`;
}

function text(value: string, place: Place, what = ""): string {
  if (AS_IT_IS.test(value)) return `"${value}"`;
  if (HALF_A_CHARACTER.test(value)) {
    throw new NoCanonicalForm(`${shown(`${what}${pathOf(place)}`)} must be a text of whole characters`);
  }
  return JSON.stringify(value);
}

function number(value: number, place: Place): string {
  if (isExact(value)) return JSON.stringify(value);
  const most = Number.MAX_SAFE_INTEGER;
  const where = shown(pathOf(place));
  throw new NoCanonicalForm(`${where} must be a number from -${most} to ${most}, got ${value}: send it as text`);
}

function isExact(value: number): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function shown(path: string): string {
  const whole = unseenReplaced(path, () => "\ufffd");
  return whole.length > SHOWN_CHARACTERS ? `${whole.slice(0, SHOWN_CHARACTERS)}…` : whole;
}
