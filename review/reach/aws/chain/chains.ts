import type { Unknown } from "../../../change";
import type { Resource } from "../../../read/resource";
import type { RoleAccess } from "../role-access";
import type { AwsPath, Way } from "../way";
import { between, closure, type Reached } from "./closure";
import type { Edges, RoleEdges } from "./role-edges";

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

  constructor(
    private readonly edges: Pick<RoleEdges, "from">,
    private readonly access: RoleAccess,
    /** Roles that are not, are listed with whomever they are meant for */
    private readonly isFollowed: (role: Resource) => boolean,
  ) {}

  public from({ way, role, paths }: Start): Chained {
    const { name } = way;
    const first = paths === undefined ? this.onwardFrom(role) : this.edges.from(role, paths, this.isFollowed);
    const { found, unasked } = closure(role, (from) => (from === role ? first : this.onwardFrom(from)));
    const unknown: Unknown[] = [];
    const roles = found.map((reached): ChainedRole => {
      if (reached.unknown !== undefined) unknown.push(mayBecome(name, reached.role, reached.unknown));
      unknown.push(...this.access.unknownOf(reached.role));
      return this.chained(way, reached);
    });
    if (unasked > 0) unknown.push(tooMany(name, role, unasked));
    return { roles, unknown };
  }

  /** What stands between is listed where somebody asks: a ring of roles has as many of it as roles, for each. */
  private chained(start: Way, reached: Reached): ChainedRole {
    const keyOf = (role: Resource): string => this.access.roleOf(role).key;
    const name = `${nameOf(start, keyOf(reached.role))}${reached.unknown === undefined ? "" : IF_IT_MAY}`;
    const through = (): readonly string[] => between(reached).map(keyOf);
    const unknown = reached.unknown ?? start.unknown;
    const way: Way = {
      name,
      by: start.by,
      get becomes() {
        const hops = through().map((role) => ({ role, name: nameOf(start, role) }));
        return [...start.becomes, ...hops, { role: keyOf(reached.role), name }];
      },
      ...(unknown !== undefined && { unknown }),
    };
    return {
      role: reached.role,
      get through() {
        return through();
      },
      name,
      paths: this.access.pathsAs(reached.role, way),
    };
  }

  /** Of a session that chose its own session policy */
  private onwardFrom(role: Resource): Edges {
    const paths = (): readonly AwsPath[] => this.access.pathsOf(role, { name: "its role", by: "role", becomes: [] });
    const known = this.onward.get(role) ?? this.edges.from(role, paths(), this.isFollowed);
    this.onward.set(role, known);
    return known;
  }
}

function nameOf({ name }: Way, key: string): string {
  return `${name} → role ${key}`;
}

function mayBecome(name: string, { address }: Resource, why: string): Unknown {
  return { what: `whether ${name} may become ${address}`, why, source: { address } };
}

function tooMany(name: string, { address }: Resource, count: number): Unknown {
  const why = `${count} more may be, and are not followed: name the roles in its policies and in their trust policies`;
  return { what: `which roles ${name} may become`, why, source: { address } };
}
