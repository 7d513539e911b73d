import type { Unknown } from "../../../change";
import type { Resource } from "../../../read/resource";
import type { RoleAccess } from "../role-access";
import { type AwsPath, ITS_ROLE, type Way, type AssumedRole } from "../way";
import { wayText } from "../words";
import { rolesBetween, closure, type ReachedRole } from "./closure";
import { type SessionOutcome, Renewals } from "./renewals";
import type { Edges, RoleEdges } from "./role-edges";
import { type WayBeginning, WaySessions } from "./way-sessions";

/** A way into AWS that roles are assumed from */
export interface Start {
  readonly way: Way;
  readonly role: Resource;
  /** For a start with a session policy: certain paths first, then those with unread parts. Other starts choose their own policy. */
  readonly paths?: readonly AwsPath[];
}

/** A role assumed from another, directly or through others */
export interface ChainedRole {
  readonly role: Resource;
  /** Keys of the roles in between, in the order of assuming. Listed on demand: a ring has many for each role. */
  readonly through: () => readonly string[];
  readonly paths: readonly AwsPath[];
}

export interface Chain {
  /** The way that was followed, with the outcome of its sessions */
  readonly way: Way;
  readonly roles: readonly ChainedRole[];
  readonly unknown: readonly Unknown[];
}

/** The closure of `sts:AssumeRole`: every role reached from one another */
export class Chains {
  private readonly onward = new Map<Resource, Edges>();
  /** All ways to a ring share one list. */
  private readonly ringKeys = new Map<readonly Resource[], readonly string[]>();
  private readonly renewals = new Renewals((role) => this.withOthers(role, this.pathsOf(role), this.onwardFrom(role)));

  constructor(
    private readonly edges: Pick<RoleEdges, "from">,
    private readonly access: RoleAccess,
    /** Other roles are reported under their own principal. */
    private readonly isFollowed: (role: Resource) => boolean,
  ) {}

  public from(start: Start): Chain {
    const { way, role, paths } = start;
    const first = paths === undefined ? this.onwardFrom(role) : this.edgesOf(role, paths);
    const begun = this.begun(start, first);
    const { found, unasked } = closure(role, (from) => (from === role ? first : this.onwardFrom(from)));
    const unknown: Unknown[] = [];
    const roles = found.map((reached): ChainedRole => {
      if (reached.unknown !== undefined) unknown.push(mayBecome(way, reached.role, reached.unknown));
      unknown.push(...this.access.unknownOf(reached.role));
      return this.chained(begun, reached);
    });
    if (unasked > 0) unknown.push(tooMany(way, role, unasked));
    return { way: { ...way, sessions: new WaySessions(begun, role) }, roles, unknown };
  }

  private chained(begun: WayBeginning, reached: ReachedRole): ChainedRole {
    const { key: role } = this.access.roleOf(reached.role);
    const id = { start: begun.id.start, assumed: { role, isCertain: reached.unknown === undefined } };
    const through = (): readonly AssumedRole[] => rolesBetween(reached).map(begun.hopTo);
    const unknown = reached.unknown ?? begun.unknown;
    const way: Way = {
      id,
      becomes: () => [...begun.becomes, ...through(), { role, id }],
      ...(unknown !== undefined && { unknown }),
      sessions: new WaySessions(begun, reached.role),
    };
    return {
      role: reached.role,
      through: () => through().map((one) => one.role),
      paths: this.access.pathsAs(reached.role, way),
    };
  }

  private begun({ way, role, paths }: Start, followed: Edges): WayBeginning {
    const first = (): Edges | undefined => paths && this.withOthers(role, paths, followed);
    let renewed: SessionOutcome | undefined;
    return {
      id: way.id,
      role,
      becomes: way.becomes(),
      unknown: way.unknown,
      isLimited: paths !== undefined,
      renewed: () => (renewed ??= this.renewals.of(role, first())),
      hopTo: (to) => {
        const { key } = this.access.roleOf(to);
        return { role: key, id: { start: way.id.start, assumed: { role: key, isCertain: true } } };
      },
      keysOf: (ring) => this.keysOf(ring),
    };
  }

  private keysOf(ring: readonly Resource[]): readonly string[] {
    const known = this.ringKeys.get(ring) ?? ring.map((role) => this.access.roleOf(role).key);
    this.ringKeys.set(ring, known);
    return known;
  }

  /** For a session that chose its own session policy */
  private onwardFrom(role: Resource): Edges {
    const known = this.onward.get(role) ?? this.edgesOf(role, this.pathsOf(role));
    this.onward.set(role, known);
    return known;
  }

  /**
   * The role itself and roles that are not followed may renew sessions too. They are computed separately: there may be more
   * than the limit, and they must not displace a followed role.
   */
  private withOthers(role: Resource, paths: readonly AwsPath[], followed: Edges): Edges {
    const others = this.edges.from(role, paths, (to) => to === role || !this.isFollowed(to), true);
    return { edges: [...others.edges, ...followed.edges], unasked: others.unasked + followed.unasked };
  }

  private edgesOf(role: Resource, paths: readonly AwsPath[]): Edges {
    return this.edges.from(role, paths, (to) => to !== role && this.isFollowed(to));
  }

  private pathsOf(role: Resource): readonly AwsPath[] {
    return this.access.pathsOf(role, ITS_ROLE);
  }
}

function mayBecome({ id }: Way, { address }: Resource, why: string): Unknown {
  return { what: `whether ${wayText(id)} may become ${address}`, why, source: { address } };
}

function tooMany({ id }: Way, { address }: Resource, count: number): Unknown {
  const why = `${count} more may be, and are not followed: name the roles in its policies and in their trust policies`;
  return { what: `which roles ${wayText(id)} may become`, why, source: { address } };
}
