import type { Resource } from "../../../read/resource";
import { type ReachedRole, spread, type LongestWay, longestWays } from "./closure";
import { Rings } from "./rings";
import type { Edge, Edges } from "./role-edges";

/** Sessions of a role are renewed without end, because roles on the way to it may assume themselves again. */
export interface Renewal {
  /** Each may assume the next, and the last the first. Found on demand: each role of a ring has its own. */
  readonly ring: () => readonly Resource[];
  /** True if the ring itself is certain; then `unknown` is only about whether the ring can be reached */
  readonly isRing: boolean;
  /** Why it is undecided whether sessions are renewed; undefined if certain */
  readonly unknown: string | undefined;
}

/** What becomes of the first session of a way */
export interface SessionOutcome {
  /** By role whose sessions never end, or may never end */
  readonly renewals: ReadonlyMap<Resource, Renewal>;
  /** The way back to its own role, which loses the session policy; undefined if there is none */
  readonly back: ReachedRole | undefined;
  /** The longest way to each role whose sessions end: over certain edges, and over all edges */
  readonly longest: Readonly<Record<"certain" | "any", ReadonlyMap<Resource, LongestWay>>>;
}

/**
 * Roles whose sessions are renewed without end.
 *
 * A session of a role assumed from another ends after an hour, and each new session starts a new hour: roles on a ring renew
 * one another's. A revocation denies sessions of its own role that were issued before it. It stops no session that another
 * role of the ring issues later.
 *
 * Source: IAM user guide, id_roles (role chaining) and id_roles_use_revoke-sessions.
 */
export class Renewals {
  private readonly known = new Map<Resource, readonly Edge[]>();
  /** By role that may assume more roles than the limit: how many more */
  private readonly unasked = new Map<Resource, number>();
  private readonly certain = new Rings((role) =>
    this.next(role)
      .filter(isCertain)
      .map(({ to }) => to),
  );
  private readonly any = new Rings((role) => this.next(role).map(({ to }) => to));

  constructor(
    /** Every role that a session may assume, itself included */
    private readonly edgesOf: (role: Resource) => Edges,
  ) {}

  /** @param first roles that the first session may assume, if a session policy limits it */
  public of(start: Resource, first?: Edges): SessionOutcome {
    const next = (role: Resource): readonly Edge[] => this.next(role);
    const edges = first === undefined ? next(start) : edgesIn(first, start);
    const begun = edges.map(({ to, unknown }): ReachedRole => ({ role: to, before: undefined, unknown }));
    const reached = spread(begun, next);
    const onRing = [...reached.values()].filter(({ role }) => this.any.has(role));
    const renewed = onRing.map(({ role, unknown }) => ({
      role,
      before: undefined,
      unknown: unknown ?? this.doubtOf(role),
    }));
    const renewals = new Map<Resource, Renewal>();
    // By role, the ring role that reaches it
    const origins = new Map<Resource, Resource>();
    for (const { role, before, unknown } of spread(renewed, next).values()) {
      const origin = (before === undefined ? undefined : origins.get(before.role)) ?? role;
      origins.set(role, origin);
      renewals.set(role, { ring: () => this.ringOf(origin), isRing: this.certain.has(origin), unknown });
    }
    // A role that was not evaluated may lead to any of these.
    const cut = [...reached.keys()].find((role) => this.unasked.has(role));
    const left = cut === undefined ? [] : [...reached.keys()].filter((role) => !renewals.has(role));
    for (const role of left) renewals.set(role, this.byUnasked(cut as Resource));
    const isRenewed = (role: Resource): boolean => renewals.get(role)?.unknown === undefined && renewals.has(role);
    return {
      renewals,
      back: reached.get(start),
      longest: {
        certain: longestWays(
          edges.filter(isCertain),
          (role) => next(role).filter(isCertain),
          (role) => !isRenewed(role),
        ),
        any: longestWays(edges, next, (role) => !renewals.has(role)),
      },
    };
  }

  private byUnasked(role: Resource): Renewal {
    const unknown = notFollowed(this.unasked.get(role) as number);
    return { ring: () => this.ringOf(role), isRing: this.certain.has(role), unknown };
  }

  private ringOf(role: Resource): readonly Resource[] {
    return (this.certain.has(role) ? this.certain : this.any).of(role);
  }

  /** Why it is undecided whether a role may assume itself; undefined if certain */
  private doubtOf(role: Resource): string | undefined {
    if (this.certain.has(role)) return undefined;
    const ring = this.ringOf(role);
    const doubts = ring.map((one, at) => {
      const to = ring[(at + 1) % ring.length];
      return this.next(one).find((edge) => edge.to === to)?.unknown;
    });
    return doubts.find((doubt) => doubt !== undefined);
  }

  private next(role: Resource): readonly Edge[] {
    const known = this.known.get(role);
    if (known !== undefined) return known;
    const found = this.edgesOf(role);
    if (found.unasked > 0) this.unasked.set(role, found.unasked);
    const edges = edgesIn(found, role);
    this.known.set(role, edges);
    return edges;
  }
}

/** One of the roles that were not evaluated may lead back. */
function edgesIn({ edges, unasked }: Edges, from: Resource): readonly Edge[] {
  if (unasked === 0 || edges.some(({ to }) => to === from)) return edges;
  return [...edges, { to: from, unknown: notFollowed(unasked) }];
}

function notFollowed(unasked: number): string {
  return `it depends on ${unasked} more that it may become, and that are not followed`;
}

function isCertain({ unknown }: Edge): boolean {
  return unknown === undefined;
}
