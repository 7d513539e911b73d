import { Bounded } from "../bounded";
import type { Value } from "../json";

/** Texts that are remembered: more than runs and sessions are asked about at once */
const MOST_TEXTS = 8_192;
/** Shorter ones, such as numbers, are read as fast as they are found. */
const LEAST_CHARACTERS = 64;
/** Longer ones, such as requests that people decide, are seldom read twice, and would take the memory of the process. */
const MOST_CHARACTERS = 8_192;

const known = new Bounded<Value>(MOST_TEXTS);

/**
 * What a store's JSON says, for as long as it lasts the same object, which cannot be changed. Runs and sessions are read several times at each
 * call, and seldom change.
 */
export function valueIn(text: string): Value {
  if (text.length < LEAST_CHARACTERS || text.length > MOST_CHARACTERS) return JSON.parse(text) as Value;
  const before = known.of(text);
  if (before !== undefined) return before;
  const value = frozen(JSON.parse(text) as Value);
  known.put(text, value);
  return value;
}

/** Reads a value with the schema of what was written; one that {@link valueIn} gave again is read once. */
export function readOnce<T extends object>(parse: (value: Value) => T): (value: Value) => T {
  const read = new WeakMap<object, T>();
  return (value) => {
    if (typeof value !== "object" || value === null || !Object.isFrozen(value)) return parse(value);
    const before = read.get(value);
    if (before !== undefined) return before;
    const found = frozen(parse(value));
    read.set(value, found);
    return found;
  };
}

/** With all its parts */
export function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
