import { isTree } from "../../../domain/registry/tree";

/** Whether two JSON values are equal, in any order of keys. `util.isDeepStrictEqual` takes twice as long. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (!isTree(one) || !isTree(other) || Array.isArray(one) !== Array.isArray(other)) return false;
  let more = 0;
  for (const key in one) {
    if (!Object.hasOwn(other, key) || !sameJson(one[key], other[key])) return false;
    more += 1;
  }
  // Faster than two lists of keys, and JSON inherits none.
  for (const _ in other) more -= 1;
  return more === 0;
}
