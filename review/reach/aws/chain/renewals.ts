import type { Resource } from "../../../read/resource";
import { type ReachedRole, spread, type LongestWay, longestWays } from "./closure";
import { Rings } from "./rings";
import type { Edge, Edges } from "./role-edges";

/** Sessions of a role are renewed without end, because roles on the way to it may become themselves. */
export interface Renewal {
  /** Each may become the next, and the last the first. Found on demand: each role of a ring has its own. */
  readonly ring: () => readonly Resource[];
  /** True if the ring itself is certain; then `unknown` is only about whether the ring can be reached */
  readonly isRing: boolean;
  /** Why it cannot be decided whether sessions are renewed; undefined where it is certain */
  readonly unknown: string | undefined;
}

/** What becomes of the session that a way begins with */
export interface SessionOutcome {
  /** Of each role whose sessions never end, or may never end */
  readonly renewals: ReadonlyMap<Resource, Renewal>;
  /** How it comes back to its role, and so loses the session policy; undefined where it does not */
  readonly back: ReachedRole | undefined;
  /** The longest way to each role whose sessions end: over certain edges, and over any */
  readonly longest: Readonly<Record<"certain" | "any", ReadonlyMap<Resource, LongestWay>>>;
}

/**
 * Whose sessions are renewed without end.
 *
 * A session of a role that another became ends after an hour, and each new one counts anew: roles on a ring renew one
 * another's. A revocation denies sessions that were issued before it, and only those of the role that it stands at: it
 * stops no session that another role of the ring has issued after it.
 *
 * Source: IAM user guide, id_roles (role chaining) and id_roles_use_revoke-sessions.
 */
export class Renewals {
  private readonly known = new Map<Resource, readonly Edge[]>();
  /** By role that may become more than is asked about: how many more */
  private readonly unasked = new Map<Resource, number>();
  private readonly certain = new Rings((role) =>
    this.next(role)
      .filter(isCertain)
      .map(({ to }) => to),
  );
  private readonly any = new Rings((role) => this.next(role).map(({ to }) => to));

  constructor(
    /** All that a session of it may become, itself too */
    private readonly edgesOf: (role: Resource) => Edges,
  ) {}

  /** @param first what the session that it begins with may become, where a session policy limits it */
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
    // Of each role, the one on a ring from which it is reached
    const origins = new Map<Resource, Resource>();
    for (const { role, before, unknown } of spread(renewed, next).values()) {
      const origin = (before === undefined ? undefined : origins.get(before.role)) ?? role;
      origins.set(role, origin);
      renewals.set(role, { ring: () => this.ringOf(origin), isRing: this.certain.has(origin), unknown });
    }
    // A role that was not asked about may lead to any of these.
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

  /** Why it cannot be decided whether a role may become itself; undefined where it is certain */
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

/** Of what is not asked about, some may lead back. */
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
