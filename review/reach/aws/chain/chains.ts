import type { Unknown } from "../../../change";
import type { Resource } from "../../../read/resource";
import type { RoleAccess } from "../role-access";
import type { AwsPath, Becoming, Way } from "../way";
import { between, closure, type Reached } from "./closure";
import { type Renewed, Renewals } from "./renewals";
import type { Edges, RoleEdges } from "./role-edges";
import { type Begun, WaySessions } from "./way-sessions";

/** A way into AWS, from which roles may be assumed */
export interface Start {
  readonly way: Way;
  readonly role: Resource;
  /** Where a session policy limits it: certain first, then with what cannot be read. Others choose their own. */
  readonly paths?: readonly AwsPath[];
}

/** A role that is assumed from another, directly or through others */
export interface ChainedRole {
  readonly role: Resource;
  /** Keys of the roles between, the first to be assumed first */
  readonly through: readonly string[];
  /** Equal in two estates for the same start and the same role, whatever the way between them */
  readonly name: string;
  readonly paths: readonly AwsPath[];
}

export interface Chained {
  readonly roles: readonly ChainedRole[];
  readonly unknown: readonly Unknown[];
}

/** In the name of a way that is open only if what nobody knows here lets it be */
export const IF_IT_MAY = ", if it may become it";

/** Which roles are reached by `sts:AssumeRole`, one from another until there is no more */
export class Chains {
  private readonly onward = new Map<Resource, Edges>();
  private readonly renewals = new Renewals((role) => this.withOthers(role, this.pathsOf(role), this.onwardFrom(role)));

  constructor(
    private readonly edges: Pick<RoleEdges, "from">,
    private readonly access: RoleAccess,
    /** Roles that are not, are listed with whomever they are meant for */
    private readonly isFollowed: (role: Resource) => boolean,
  ) {}

  public from(start: Start): Chained {
    const { way, role, paths } = start;
    const { name } = way;
    const first = paths === undefined ? this.onwardFrom(role) : this.edgesOf(role, paths);
    const begun = this.begun(start, first);
    const { found, unasked } = closure(role, (from) => (from === role ? first : this.onwardFrom(from)));
    const unknown: Unknown[] = [];
    const roles = found.map((reached): ChainedRole => {
      if (reached.unknown !== undefined) unknown.push(mayBecome(name, reached.role, reached.unknown));
      unknown.push(...this.access.unknownOf(reached.role));
      return this.chained(begun, reached);
    });
    WaySessions.note(way, begun, role);
    if (unasked > 0) unknown.push(tooMany(name, role, unasked));
    return { roles, unknown };
  }

  /** What stands between is listed where somebody asks: a ring of roles has as many of it as roles, for each. */
  private chained(begun: Begun, reached: Reached): ChainedRole {
    const { way: start, hopTo } = begun;
    const last = hopTo(reached.role);
    const name = `${last.name}${reached.unknown === undefined ? "" : IF_IT_MAY}`;
    const through = (): readonly Becoming[] => between(reached).map(hopTo);
    const unknown = reached.unknown ?? start.unknown;
    const way: Way = {
      name,
      by: start.by,
      get becomes() {
        return [...start.becomes, ...through(), { ...last, name }];
      },
      ...(unknown !== undefined && { unknown }),
    };
    WaySessions.note(way, begun, reached.role);
    return {
      role: reached.role,
      get through() {
        return through().map(({ role }) => role);
      },
      name,
      paths: this.access.pathsAs(reached.role, way),
    };
  }

  private begun({ way, role, paths }: Start, followed: Edges): Begun {
    const first = (): Edges | undefined => paths && this.withOthers(role, paths, followed);
    let renewed: Renewed | undefined;
    return {
      way,
      role,
      isLimited: paths !== undefined,
      renewed: () => (renewed ??= this.renewals.of(role, first())),
      hopTo: (to) => {
        const { key } = this.access.roleOf(to);
        return { role: key, name: `${way.name} → role ${key}` };
      },
    };
  }

  /** Of a session that chose its own session policy */
  private onwardFrom(role: Resource): Edges {
    const known = this.onward.get(role) ?? this.edgesOf(role, this.pathsOf(role));
    this.onward.set(role, known);
    return known;
  }

  /**
   * Itself and whoever is not followed too: they may renew sessions all the same. They are asked about apart, for there
   * may be more of them than are asked about at once, and nobody who is followed may be left out for them.
   */
  private withOthers(role: Resource, paths: readonly AwsPath[], followed: Edges): Edges {
    const others = this.edges.from(role, paths, (to) => to === role || !this.isFollowed(to), true);
    return { edges: [...others.edges, ...followed.edges], unasked: others.unasked + followed.unasked };
  }

  private edgesOf(role: Resource, paths: readonly AwsPath[]): Edges {
    return this.edges.from(role, paths, (to) => to !== role && this.isFollowed(to));
  }

  private pathsOf(role: Resource): readonly AwsPath[] {
    return this.access.pathsOf(role, { name: "its role", by: "role", becomes: [] });
  }
}

function mayBecome(name: string, { address }: Resource, why: string): Unknown {
  return { what: `whether ${name} may become ${address}`, why, source: { address } };
}

function tooMany(name: string, { address }: Resource, count: number): Unknown {
  const why = `${count} more may be, and are not followed: name the roles in its policies and in their trust policies`;
  return { what: `which roles ${name} may become`, why, source: { address } };
}
