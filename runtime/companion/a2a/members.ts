import { isRecord } from "../../../domain/is-record";
import type { JsonObject } from "../../jose/json";
import { malformed } from "../requests";

/**
 * A member of a message of A2A by its name: readers of protocol buffers take `taskId` and `task_id`, and some any case.
 *
 * @returns undefined where it is not there, or null, which is the same there
 * @throws Problem `companion.malformed` where two readers could take two members for it
 */
export function member(object: JsonObject, name: string): unknown {
  const [found, ...others] = Object.keys(object).filter((key) => isMember(key, name));
  if (others.length > 0) throw malformed(`the request must name ${name} once`);
  return found === undefined ? undefined : (object[found] ?? undefined);
}

/** @throws Problem `companion.malformed` */
export function objectIn(object: JsonObject, name: string): JsonObject | undefined {
  const value = member(object, name);
  if (value !== undefined && !isRecord(value)) throw malformed(`${name} must be an object`);
  return value;
}

/** Whether some reader takes a key for the member of this name */
export function isMember(key: string, name: string): boolean {
  return plain(key) === plain(name);
}

function plain(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}
