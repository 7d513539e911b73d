import { type JsonText, parsed } from "./json-text";

/** One of the ways in which readers of JSON differ */
export interface JsonHabits {
  readonly name: string;
  /** Which of two members of one name */
  readonly twice?: "first" | "last";
  /** Names that give the same are one name */
  readonly folds?: (name: string) => string;
  /** Of names, where a reader does not take all of them */
  readonly takes?: (name: string) => string;
  /** Of texts */
  readonly says?: (text: string) => string;
  /** Of whole numbers, what a double does not hold */
  readonly isExact?: boolean;
}

/** Readers that are in use, by what they do with JSON that is not plain (RFC 8259 section 4, RFC 7493) */
export const JSON_READERS: readonly JsonHabits[] = [
  { name: "takes the last of two members" },
  { name: "takes the first of two members", twice: "first" },
  // As Go's encoding/json
  { name: "takes names without regard to case", folds: (name) => name.toUpperCase().toLowerCase() },
  {
    name: "takes the first of two names without regard to case",
    twice: "first",
    folds: (name) => name.toUpperCase().toLowerCase(),
  },
  { name: "takes names as compatibility characters", folds: (name) => name.normalize("NFKC") },
  // As what keeps a text as C does
  { name: "ends a name at a null", takes: (name) => name.split("\0")[0] as string },
  // As Go: half a character is none
  { name: "replaces half a character", says: wellFormed, takes: wellFormed },
  // As Python and Java
  { name: "reads whole numbers exactly", isExact: true },
];

function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/** Names that a reader looks for. @param path names of members down to the object */
export type Words = (path: readonly string[]) => readonly string[];

/** @param json sound JSON */
export function readBy(habits: JsonHabits, json: string, words: Words): unknown {
  return read(parsed(json), habits, words, []);
}

function read(json: JsonText, habits: JsonHabits, words: Words, path: readonly string[]): unknown {
  if (typeof json === "string") return scalarOf(json, habits);
  if (!("members" in json)) return json.map((part) => read(part, habits, words, path));
  const found = new Map<string, unknown>();
  for (const [text, value] of json.members) {
    const name = nameOf(String(JSON.parse(text)), habits, [...words(path), ...found.keys()]);
    if (habits.twice !== "first" || !found.has(name)) found.set(name, read(value, habits, words, [...path, name]));
  }
  return Object.fromEntries(found);
}

function nameOf(written: string, { folds, takes = (name) => name }: JsonHabits, looksFor: readonly string[]): string {
  const name = takes(written);
  return folds === undefined ? name : (looksFor.find((each) => folds(each) === folds(name)) ?? name);
}

function scalarOf(token: string, { says = (text) => text, isExact = false }: JsonHabits): unknown {
  const value = JSON.parse(token) as unknown;
  if (typeof value === "string") return says(value);
  const isOther = isExact && /^-?\d+$/.test(token) && BigInt(token) !== BigInt(Number(token));
  return isOther ? token : value;
}
