import { isRecord } from "../../../domain/is-record";
import type { JsonObject } from "../../jose/json";
import { namesProblem, oneName } from "../../member-names";
import { malformed } from "../requests";

/** Keys of an object that was read, by what readers take them for: folding takes longer than what is done with it. */
const READ = new WeakMap<JsonObject, ReadonlyMap<string, readonly string[]>>();

/**
 * A member of a message of A2A by its name: readers of protocol buffers take `taskId` and `task_id`, and some any case, as Go's
 * encoding/json does, for which `ſ` is an `s` as well.
 *
 * @returns undefined if it is not there, or null, which is the same there
 * @throws Problem `companion.malformed` where two readers could take two members for it, or the object has a name that some cannot read
 */
export function member(object: JsonObject, name: string): unknown {
  const [found, ...others] = keysOf(object).get(oneName(name)) ?? [];
  if (others.length > 0) throw malformed(`the request must name ${name} once`);
  return found === undefined ? undefined : (object[found] ?? undefined);
}

/** @throws Problem `companion.malformed` */
export function objectIn(object: JsonObject, name: string): JsonObject | undefined {
  const value = member(object, name);
  if (value !== undefined && !isRecord(value)) throw malformed(`${name} must be an object`);
  return value;
}

/**
 * The first key that no reader takes for one of these names
 *
 * @throws Problem `companion.malformed`
 */
export function otherKey(object: JsonObject, names: readonly string[]): string | undefined {
  const known = names.map(oneName);
  for (const [name, [key]] of keysOf(object)) if (!known.includes(name)) return key;
  return undefined;
}

/** Whether some reader takes a key, of an object whose members were read, for the member of this name */
export function isMember(key: string, name: string): boolean {
  return oneName(key) === oneName(name);
}

function keysOf(object: JsonObject): ReadonlyMap<string, readonly string[]> {
  const read = READ.get(object);
  if (read !== undefined) return read;
  const names = Object.keys(object);
  const problem = namesProblem(names);
  if (problem !== undefined) throw malformed(`an object of the request must ${problem}`);
  const keys = new Map<string, string[]>();
  for (const key of names) {
    const name = oneName(key);
    const alike = keys.get(name);
    if (alike === undefined) keys.set(name, [key]);
    else alike.push(key);
  }
  READ.set(object, keys);
  return keys;
}
