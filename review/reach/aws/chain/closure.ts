import type { Resource } from "../../../read/resource";
import type { Edge, Edges } from "./role-edges";

/** Most roles that are followed from one start */
export const MOST_ROLES = 100;

/** A role with the shortest way to it; among ways of equal length the addresses decide */
export interface ReachedRole {
  readonly role: Resource;
  /** The role before it; undefined if it is assumed first */
  readonly before: ReachedRole | undefined;
  /** Undefined if it is certainly reached */
  readonly unknown: string | undefined;
}

export interface Closure {
  readonly found: readonly ReachedRole[];
  /** Number of roles beyond the limits, which were not followed or not evaluated */
  readonly unasked: number;
}

/** Certainly reached roles go first, so that a detour makes none uncertain. */
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

/** Roles on the way to one, in the order of assuming */
export function rolesBetween({ before }: ReachedRole): readonly Resource[] {
  const roles: Resource[] = [];
  for (let one = before; one !== undefined; one = one.before) roles.push(one.role);
  return roles.reverse();
}

/**
 * Every role reached from `from`, these included, by a shortest way. Like a closure it visits certainly reached roles
 * first; unlike a closure it has no limit.
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

/** The longest way to a role, and why it is uncertain that it is open; undefined if it is certain */
export interface LongestWay {
  /** Number of roles assumed one from another, the last included */
  readonly roles: number;
  readonly unknown: string | undefined;
}

/**
 * The longest way to each role that no ring reaches: it gives the longest sessions.
 *
 * @param isEnding true for a role that no ring reaches
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

/** By role, the number of reached edges that lead to it */
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
