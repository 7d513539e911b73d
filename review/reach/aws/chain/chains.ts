import type { Unknown } from "../../../change";
import type { Resource } from "../../../read/resource";
import type { RoleAccess } from "../role-access";
import type { AwsPath, Way } from "../way";
import type { Edges, RoleEdges } from "./role-edges";

/** A way into AWS, from which roles may be assumed */
export interface Start {
  readonly way: Way;
  readonly role: Resource;
  /** Of its sessions: certain first, then with what cannot be read */
  readonly paths: readonly AwsPath[];
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
/** Roles that are followed from one start */
const MOST_ROLES = 100;

interface Reached {
  readonly role: Resource;
  readonly through: readonly Resource[];
  readonly unknown: string | undefined;
}

/** Which roles are reached by `sts:AssumeRole`, one from another until there is no more */
export class Chains {
  private readonly onward = new Map<Resource, Edges>();

  constructor(
    private readonly edges: RoleEdges,
    private readonly access: RoleAccess,
    /** Roles that are not, are listed with whomever they are meant for */
    private readonly isFollowed: (role: Resource) => boolean,
  ) {}

  public from({ way, role, paths }: Start): Chained {
    const { name } = way;
    const first = this.edges.from(role, paths, this.isFollowed);
    const { found, unasked } = closure(role, (from) => (from === role ? first : this.onwardFrom(from)));
    const unknown: Unknown[] = [];
    const roles = found.map((reached): ChainedRole => {
      const through = reached.through.map((one) => this.access.roleOf(one).key);
      const called = `${nameOf(way, this.access.roleOf(reached.role).key)}${reached.unknown === undefined ? "" : IF_IT_MAY}`;
      if (reached.unknown !== undefined) unknown.push(mayBecome(name, reached.role, reached.unknown));
      unknown.push(...this.access.unknownOf(reached.role));
      return {
        role: reached.role,
        through,
        name: called,
        paths: this.access.pathsAs(reached.role, this.onTheWay(way, called, through, reached)),
      };
    });
    if (unasked > 0) unknown.push(tooMany(name, role, unasked));
    return { roles, unknown };
  }

  private onTheWay(start: Way, name: string, through: readonly string[], { role, unknown }: Reached): Way {
    const open = unknown ?? start.unknown;
    const last = { role: this.access.roleOf(role).key, name };
    return {
      name,
      by: start.by,
      becomes: [...start.becomes, ...through.map((key) => ({ role: key, name: nameOf(start, key) })), last],
      ...(open !== undefined && { unknown: open }),
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

/** Roles that are reached for certain go first, so that nothing is uncertain by a detour. */
function closure(
  start: Resource,
  next: (role: Resource) => Edges,
): { readonly found: readonly Reached[]; readonly unasked: number } {
  const reached = new Map<Resource, Reached>();
  let unasked = 0;
  for (const isCertain of [true, false]) {
    const seen = new Set<Resource>();
    const queue: Reached[] = [{ role: start, through: [], unknown: undefined }, ...reached.values()];
    for (let at = 0; at < queue.length; at++) {
      const here = queue[at] as Reached;
      if (seen.has(here.role)) continue;
      seen.add(here.role);
      const onward = next(here.role);
      if (isCertain) unasked += onward.unasked;
      for (const { to, unknown } of onward.edges) {
        if (to === start || reached.has(to) || (isCertain && unknown !== undefined)) continue;
        if (reached.size >= MOST_ROLES) unasked++;
        else {
          const through = here.role === start ? [] : [...here.through, here.role];
          const one: Reached = { role: to, through, unknown: here.unknown ?? unknown };
          reached.set(to, one);
          queue.push(one);
        }
      }
    }
  }
  return { found: [...reached.values()], unasked };
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
