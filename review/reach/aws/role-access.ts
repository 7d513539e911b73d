import type { SourcedStatement } from "../../../iam/access/access";
import type { Unknown } from "../../change";
import type { Estate, Resource } from "../../read/resource";
import { DirectGrants } from "./direct-grants";
import { roleKey } from "./iam-index";
import { KeyPolicies } from "./key-policies";
import { type AwsLayer, layer, type LayerKind, type PoliciesRead } from "./layer";
import type { PolicyTexts } from "./policy-texts";
import type { ResourcePolicy } from "./resource-policies";
import type { RoleLimits } from "./role-limits";
import { deniesEverything, isDeny, type RolePolicies } from "./role-policies";
import { type AwsPath, isGranted, pathKey, type PathKind, type Way } from "./way";
import { arnOf, roleName, whoAsks } from "./caller";

export interface AwsRole {
  /** Equal in two estates for the same role */
  readonly key: string;
  readonly address: string;
  /** Its trust policy */
  readonly trust: readonly SourcedStatement[];
  readonly resource: Resource;
  /** Seconds as written; a reference if they are not known yet */
  readonly maxSession: string;
}

/** AWS's default, in seconds. Source: API reference of IAM, CreateRole */
const MAX_SESSION = 3_600;

type Part = readonly [kind: LayerKind, read: PoliciesRead];

/** The part of a path that depends on its role alone, not on the way to it */
type Opened = Pick<AwsPath, "kind" | "ifUnread" | "layers">;

/**
 * Access of a role: rights of a session = boundary ∩ role ∩ session policy ∩ key policies ∩ trust policies of roles,
 * and direct grants of resource policies.
 */
export class RoleAccess {
  /** Denies of resource policies */
  public readonly denies: readonly SourcedStatement[];
  private readonly direct: DirectGrants;
  private readonly keys: KeyPolicies;
  private readonly asking = new Map<Resource, AwsLayer>();
  private readonly roles = new Map<Resource, AwsRole>();
  private readonly trusts = new Map<Resource, PoliciesRead>();
  private readonly unread = new Map<Resource, readonly Unknown[]>();
  /** Several ways may end at one role: what it opens is computed once. */
  private readonly rights = new Map<Resource, readonly Opened[]>();
  private readonly granted = new Map<Resource, readonly Opened[]>();

  constructor(
    private readonly estate: Estate,
    private readonly policies: RolePolicies,
    resources: readonly ResourcePolicy[],
    private readonly texts: PolicyTexts,
    private readonly limits?: RoleLimits,
  ) {
    const statements = resources.flatMap((policy) => policy.statements);
    this.denies = statements.filter(({ statement }) => statement.Effect === "Deny");
    this.direct = new DirectGrants(statements, texts);
    this.keys = new KeyPolicies(estate, resources, texts);
  }

  /** If a policy cannot be read, there is a second path in which it allows everything: it may. */
  public pathsOf(role: Resource, way: Way, session?: PoliciesRead): readonly AwsPath[] {
    return along(way, session === undefined ? this.rightsOf(role) : this.rightsIn(role, session));
  }

  /** Without a session policy, as for any other caller that may assume the role */
  public pathsAround(role: Resource, way: Way): readonly AwsPath[] {
    const alone = this.rightsOf(role).map((opened): Opened => ({ ...opened, kind: "alone" }));
    return along(way, [...alone, ...this.grantedTo(role)]);
  }

  /** As for a caller that assumed the role by `sts:AssumeRole` and chose the session policy */
  public pathsAs(role: Resource, way: Way): readonly AwsPath[] {
    return [...this.pathsOf(role, way), ...along(way, this.grantedTo(role))];
  }

  private rightsOf(role: Resource): readonly Opened[] {
    const known = this.rights.get(role) ?? this.rightsIn(role);
    this.rights.set(role, known);
    return known;
  }

  private rightsIn(role: Resource, session?: PoliciesRead): readonly Opened[] {
    const identity = this.policies.identityOf(role);
    const limits: readonly Part[] = session === undefined ? [] : [["session", session]];
    const parts: readonly Part[] = [["role", identity], ...this.boundaryOf(role), ...limits];
    return this.variants(role, "rights", parts);
  }

  private grantedTo(role: Resource): readonly Opened[] {
    const known = this.granted.get(role) ?? this.grants(role);
    this.granted.set(role, known);
    return known;
  }

  /** Direct grants of resource policies; Denies of the role and its boundary still apply. */
  private grants(role: Resource): readonly Opened[] {
    const denies = this.policies.identityOf(role).statements.filter(isDeny);
    const granted = (statements: readonly SourcedStatement[], more: readonly SourcedStatement[] = []): Part => [
      "resources",
      { statements: [...statements, ...denies, ...more], unknown: [] },
    ];
    const boundary = this.boundaryOf(role);
    const toSessions = this.direct.toSessionsOf(roleName(arnOf(role, this.estate))?.name ?? "*");
    const boundaryDenies = () => boundary.flatMap(([, { statements }]) => statements.filter(isDeny));
    return [
      ...(this.direct.toRoles.length === 0
        ? []
        : this.variants(role, "granted", [granted(this.direct.toRoles), ...boundary])),
      ...(toSessions.length === 0
        ? []
        : this.variants(role, "granted-in-session", [granted(toSessions, boundaryDenies())])),
    ];
  }

  private variants(role: Resource, kind: PathKind, parts: readonly Part[]): readonly Opened[] {
    const limitedByKeys = (each: readonly Part[]) => (isGranted({ kind }) ? each : this.withKeys(each));
    const limited = limitedByKeys(parts);
    const layered = (all: readonly Part[]): readonly AwsLayer[] => {
      const layers = all.map(([part, read]) => layer(part, read));
      const trusts = isGranted({ kind }) ? undefined : this.limits?.limiting(role, layers);
      return [...layers, ...(trusts === undefined ? [] : [trusts]), this.who(role)];
    };
    const known: Opened = { kind, ifUnread: false, layers: layered(limited) };
    if (limited.every(([, read]) => read.unknown.length === 0)) return [known];
    const wide = parts.map(([part, read]): Part => [part, read.unknown.length === 0 ? read : this.everything(read)]);
    const open = limitedByKeys(wide).map(([part, read]): Part => [
      part,
      part === "keys" ? this.everything(read) : read,
    ]);
    return [known, { kind, ifUnread: true, layers: layered(open) }];
  }

  /** A right on a key counts only if the key's policy allows it too. */
  private withKeys(parts: readonly Part[]): readonly Part[] {
    const limiting = this.keys.limiting(parts[0]?.[1].statements ?? []);
    return limiting === undefined ? parts : [...parts, ["keys", limiting]];
  }

  private everything(read: PoliciesRead): PoliciesRead {
    const [first] = read.unknown;
    if (first === undefined) return read;
    const statement = this.texts.one({ Effect: "Allow", Action: "*", Resource: "*" });
    return { ...read, statements: [...read.statements, { statement, source: first.source.address }] };
  }

  public unknownOf(role: Resource): readonly Unknown[] {
    const known = this.unread.get(role) ?? [
      ...this.policies.identityOf(role).unknown,
      ...(this.policies.boundaryOf(role)?.unknown ?? []),
      ...this.trustOf(role).unknown,
      ...this.policies.doubtsOf(role),
    ];
    this.unread.set(role, known);
    return known;
  }

  public roleOf(role: Resource): AwsRole {
    const known = this.roles.get(role) ?? this.readRole(role);
    this.roles.set(role, known);
    return known;
  }

  /** The place of a statement that denies a role everything, as the suspension of an agent does; undefined if there is none */
  public closedBy(role: Resource): string | undefined {
    return this.policies.identityOf(role).statements.find(deniesEverything)?.source;
  }

  private readRole(role: Resource): AwsRole {
    const { max_session_duration: seconds } = role.values;
    return {
      key: roleKey(role, this.estate),
      address: role.address,
      trust: this.trustOf(role).statements,
      resource: role,
      maxSession: String(seconds ?? MAX_SESSION),
    };
  }

  public trustOf(role: Resource): PoliciesRead {
    const known = this.trusts.get(role) ?? this.texts.in(role, "assume_role_policy", this.estate);
    this.trusts.set(role, known);
    return known;
  }

  /** Empty if it has none */
  private boundaryOf(role: Resource): readonly Part[] {
    const boundary = this.policies.boundaryOf(role);
    return boundary === undefined ? [] : [["boundary", boundary]];
  }

  /** The role alone: resource policies decide by the caller. */
  private who(role: Resource): AwsLayer {
    const known = this.asking.get(role) ?? whoAsks(role, this.estate, this.texts);
    this.asking.set(role, known);
    return known;
  }
}

function along(way: Way, opened: readonly Opened[]): readonly AwsPath[] {
  return opened.map(({ kind, ifUnread, layers }) => ({
    name: pathKey({ way, kind, ifUnread }),
    way,
    kind,
    ifUnread,
    layers,
  }));
}
