import type { JsonObject } from "../../../read/json";

/** What follows from the body of an object, or a part of it, alone. Objects that are written alike share one, in base and head: it is found once. */
export function ofBody<Value>(find: (body: JsonObject) => Value): (body: JsonObject) => Value {
  const known = new WeakMap<JsonObject, { readonly value: Value }>();
  return (body) => {
    const before = known.get(body);
    if (before !== undefined) return before.value;
    const value = find(body);
    known.set(body, { value });
    return value;
  };
}
