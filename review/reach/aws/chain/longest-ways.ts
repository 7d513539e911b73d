import type { Resource } from "../../../read/resource";
import type { Edge } from "./role-edges";

/** The longest way to a role, and why it is not certain that it is open; undefined where it is */
export interface LongestWay {
  /** Roles that are assumed one from another, the last counted too */
  readonly roles: number;
  readonly unknown: string | undefined;
}

/**
 * The longest way to each role that no ring leads to: it gives the sessions that last longest.
 *
 * @param isEnding that no ring leads to a role
 */
export function longestWays(
  begun: readonly Edge[],
  next: (role: Resource) => readonly Edge[],
  isEnding: (role: Resource) => boolean,
): ReadonlyMap<Resource, LongestWay> {
  const onward = (role: Resource): readonly Edge[] => next(role).filter(({ to }) => isEnding(to));
  const first = begun.filter(({ to }) => isEnding(to));
  const waiting = edgesInto(first, onward);
  const found = new Map<Resource, LongestWay>();
  const open: Resource[] = [];
  const take = ({ to, unknown }: Edge, before?: LongestWay): void => {
    const one: LongestWay = { roles: (before?.roles ?? 0) + 1, unknown: before?.unknown ?? unknown };
    const known = found.get(to);
    if (known === undefined || isBetter(one, known)) found.set(to, one);
    const left = (waiting.get(to) ?? 0) - 1;
    waiting.set(to, left);
    if (left === 0) open.push(to);
  };
  for (const edge of first) take(edge);
  for (const role of open) for (const edge of onward(role)) take(edge, found.get(role));
  return found;
}

/** By role, how many edges of all that are reached lead to it */
function edgesInto(first: readonly Edge[], onward: (role: Resource) => readonly Edge[]): Map<Resource, number> {
  const count = new Map<Resource, number>();
  const open: Resource[] = [];
  const add = ({ to }: Edge): void => {
    if (!count.has(to)) open.push(to);
    count.set(to, (count.get(to) ?? 0) + 1);
  };
  first.forEach(add);
  for (const role of open) onward(role).forEach(add);
  return count;
}

function isBetter(one: LongestWay, other: LongestWay): boolean {
  return one.roles > other.roles || (one.roles === other.roles && one.unknown === undefined);
}
