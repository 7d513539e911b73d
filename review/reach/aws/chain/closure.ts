import type { Resource } from "../../../read/resource";
import type { Edge, Edges } from "./role-edges";

/** Roles that are followed from one start */
export const MOST_ROLES = 100;

/** A role at the end of the shortest way to it, of those of one length by the addresses on it */
export interface ReachedRole {
  readonly role: Resource;
  /** The role before it; undefined where it is assumed first */
  readonly before: ReachedRole | undefined;
  /** Undefined where it is reached for certain */
  readonly unknown: string | undefined;
}

export interface Closure {
  readonly found: readonly ReachedRole[];
  /** Roles that are not followed, or not asked about, because there are too many */
  readonly unasked: number;
}

/** Roles that are reached for certain go first, so that nothing is uncertain by a detour. */
export function closure(start: Resource, next: (role: Resource) => Edges): Closure {
  const reached = new Map<Resource, ReachedRole>();
  const left = new Set<Resource>();
  let unasked = 0;
  for (const isCertain of [true, false]) {
    const queue: (ReachedRole | undefined)[] = [undefined, ...reached.values()];
    const counted = isCertain ? 0 : queue.length;
    for (let at = 0; at < queue.length; at++) {
      const here = queue[at];
      const { edges, unasked: more } = next(here?.role ?? start);
      if (at >= counted) unasked += more;
      for (const { to, unknown } of edges) {
        if (to === start || reached.has(to) || (isCertain && unknown !== undefined)) continue;
        if (reached.size >= MOST_ROLES) left.add(to);
        else {
          const one: ReachedRole = { role: to, before: here, unknown: here?.unknown ?? unknown };
          reached.set(to, one);
          queue.push(one);
        }
      }
    }
  }
  return { found: [...reached.values()], unasked: unasked + left.size };
}

/** Roles on the way to one, the first to be assumed first */
export function rolesBetween({ before }: ReachedRole): readonly Resource[] {
  const roles: Resource[] = [];
  for (let one = before; one !== undefined; one = one.before) roles.push(one.role);
  return roles.reverse();
}

/**
 * Every role that is reached from some, they themselves included, by one of the shortest ways. As in a closure those that
 * are reached for certain go first; unlike there none is left out, however many there are.
 */
export function spread(
  from: readonly ReachedRole[],
  next: (role: Resource) => readonly Edge[],
): ReadonlyMap<Resource, ReachedRole> {
  const found = new Map<Resource, ReachedRole>();
  for (const isCertain of [true, false]) {
    const queue = [...found.values()];
    const add = (one: ReachedRole): void => {
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
