import type { Resource } from "../../../read/resource";
import type { Reached } from "./closure";
import type { Edge } from "./role-edges";

/**
 * Every role that is reached from some, they themselves included, by one of the shortest ways. As in a closure those that
 * are reached for certain go first; unlike there none is left out, however many there are.
 */
export function spread(
  from: readonly Reached[],
  next: (role: Resource) => readonly Edge[],
): ReadonlyMap<Resource, Reached> {
  const found = new Map<Resource, Reached>();
  for (const isCertain of [true, false]) {
    const queue = [...found.values()];
    const add = (one: Reached): void => {
      if (found.has(one.role) || (isCertain && one.unknown !== undefined)) return;
      found.set(one.role, one);
      queue.push(one);
    };
    from.forEach(add);
    for (const here of queue) {
      for (const { to, unknown } of next(here.role)) add({ role: to, before: here, unknown: here.unknown ?? unknown });
    }
  }
  return found;
}
