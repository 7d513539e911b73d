import type { Layer, SourcedStatement } from "../../../iam/access/access";
import type { Unknown } from "../../change";
import type { Estate, Resource } from "../../read/resource";
import { roleKey } from "./iam-index";
import type { PolicyTexts } from "./policy-texts";
import { DirectGrants } from "./direct-grants";
import { KeyPolicies } from "./key-policies";
import type { ResourcePolicy } from "./resource-policies";
import { layer, type PoliciesRead, type RolePolicies } from "./role-policies";
import type { AwsPath, Way } from "./way";
import { arnOf, roleName, whoAsks } from "./who-asks";

export { WHO_ASKS } from "./who-asks";

export interface AwsRole {
  /** Equal in two estates for the same role */
  readonly key: string;
  readonly address: string;
  /** Who may become it */
  readonly trust: readonly SourcedStatement[];
  /** Seconds, as they are written: a reference, where nobody knows yet */
  readonly maxSession: string;
}

/** Names of layers that only limit */
export const BOUNDARY = "boundary";
export const SESSION_POLICY = "session policy";
const KEYS = "policies of keys";
/** Ends the name of a path on which what cannot be read allows everything */
const IF_UNREAD = ", if what cannot be read allows it";
/** AWS's default, in seconds. Source: API reference of IAM, CreateRole */
const MAX_SESSION = 3_600;

/** Name of a layer, and what is in it */
type Part = readonly [name: string, read: PoliciesRead];

/** A path of which only the layers are not known yet */
type Named = Pick<AwsPath, "name" | "way" | "isGranted">;

/**
 * What a role opens: rights of a session = boundary ∩ role ∩ session policy ∩ policies of keys, and what resources grant
 * it by themselves.
 */
export class RoleAccess {
  /** Of resources, to whomever they name */
  public readonly denies: readonly SourcedStatement[];
  private readonly grants: DirectGrants;
  private readonly keys: KeyPolicies;
  private readonly asking = new Map<Resource, Layer>();

  constructor(
    private readonly estate: Estate,
    private readonly policies: RolePolicies,
    resources: readonly ResourcePolicy[],
    private readonly texts: PolicyTexts,
  ) {
    const statements = resources.flatMap((policy) => policy.statements);
    this.denies = statements.filter(({ statement }) => statement.Effect === "Deny");
    this.grants = new DirectGrants(statements, texts);
    this.keys = new KeyPolicies(estate, resources, texts);
  }

  /** Where a policy cannot be read there is a second, in which it allows everything: it may. */
  public pathsOf(role: Resource, way: Way, session?: PoliciesRead): readonly AwsPath[] {
    return this.rightsOf(role, { name: way.name, way, isGranted: false }, session);
  }

  private rightsOf(role: Resource, named: Named, session?: PoliciesRead): readonly AwsPath[] {
    const identity = this.policies.identityOf(role);
    const limits: readonly Part[] = session === undefined ? [] : [[SESSION_POLICY, session]];
    const parts: readonly Part[] = [["role", identity], ...this.boundaryOf(role), ...limits];
    return this.variants(role, named, parts, true);
  }

  /** Without a session policy, as whoever else may become the role has it */
  public pathsAround(role: Resource, way: Way): readonly AwsPath[] {
    const alone = this.rightsOf(role, { name: `${way.name} alone`, way, isGranted: false });
    return [...alone, ...this.grantedPaths(role, way)];
  }

  /** As somebody has it who became the role by `sts:AssumeRole`, and chose the session policy */
  public pathsAs(role: Resource, way: Way): readonly AwsPath[] {
    return [...this.pathsOf(role, way), ...this.grantedPaths(role, way)];
  }

  /** What resources grant by themselves; a Deny of the role or its boundary holds all the same. */
  private grantedPaths(role: Resource, way: Way): readonly AwsPath[] {
    const toRoles: Named = { name: `${way.name} by policies of resources`, way, isGranted: true };
    const toOne: Named = { ...toRoles, name: `${toRoles.name}, in one session` };
    const denies = this.policies.identityOf(role).statements.filter(isDeny);
    const granted = (statements: readonly SourcedStatement[], more: readonly SourcedStatement[] = []): Part => [
      "policies of resources",
      { statements: [...statements, ...denies, ...more], unknown: [] },
    ];
    const boundary = this.boundaryOf(role);
    const called = roleName(arnOf(role, this.estate))?.name;
    const toSessions = called === undefined ? [] : this.grants.toSessionsOf(called);
    const boundaryDenies = boundary.flatMap(([, { statements }]) => statements.filter(isDeny));
    return [
      ...(this.grants.toRoles.length === 0
        ? []
        : this.variants(role, toRoles, [granted(this.grants.toRoles), ...boundary], false)),
      ...(toSessions.length === 0 ? [] : this.variants(role, toOne, [granted(toSessions, boundaryDenies)], false)),
    ];
  }

  private variants(role: Resource, named: Named, parts: readonly Part[], isRight: boolean): readonly AwsPath[] {
    const wide = parts.map(([part, read]): Part => [part, read.unknown.length === 0 ? read : this.everything(read)]);
    const [limited, unlimited] = [parts, wide].map((each) => (isRight ? this.withKeys(each) : each)) as [
      readonly Part[],
      readonly Part[],
    ];
    const layered = (all: readonly Part[]) => [...all.map(([part, read]) => layer(part, read)), this.who(role)];
    const known = { ...named, ifUnread: false, layers: layered(limited) };
    if (limited.every(([, read]) => read.unknown.length === 0)) return [known];
    const open = unlimited.map(([part, read]): Part => [part, part === KEYS ? this.everything(read) : read]);
    return [known, { ...named, name: `${named.name}${IF_UNREAD}`, ifUnread: true, layers: layered(open) }];
  }

  /** A right on a key counts only where the key's policy says so too. */
  private withKeys(parts: readonly Part[]): readonly Part[] {
    const limiting = this.keys.limiting(parts[0]?.[1].statements ?? []);
    return limiting === undefined ? parts : [...parts, [KEYS, limiting]];
  }

  private everything(read: PoliciesRead): PoliciesRead {
    const [first] = read.unknown;
    if (first === undefined) return read;
    const statement = this.texts.one({ Effect: "Allow", Action: "*", Resource: "*" });
    return { ...read, statements: [...read.statements, { statement, source: first.source.address }] };
  }

  public unknownOf(role: Resource): readonly Unknown[] {
    return [
      ...this.policies.identityOf(role).unknown,
      ...(this.policies.boundaryOf(role)?.unknown ?? []),
      ...this.trustOf(role).unknown,
    ];
  }

  public roleOf(role: Resource): AwsRole {
    const { max_session_duration: seconds } = role.values;
    return {
      key: roleKey(role, this.estate),
      address: role.address,
      trust: this.trustOf(role).statements,
      maxSession: String(seconds ?? MAX_SESSION),
    };
  }

  public trustOf(role: Resource): PoliciesRead {
    return this.texts.in(role, "assume_role_policy", this.estate);
  }

  /** None where it has none */
  private boundaryOf(role: Resource): readonly Part[] {
    const boundary = this.policies.boundaryOf(role);
    return boundary === undefined ? [] : [[BOUNDARY, boundary]];
  }

  /** Nobody but the role: what resources deny or grant depends on who asks. */
  private who(role: Resource): Layer {
    const known = this.asking.get(role) ?? whoAsks(role, this.estate, this.texts);
    this.asking.set(role, known);
    return known;
  }
}

function isDeny({ statement }: SourcedStatement): boolean {
  return statement.Effect === "Deny";
}
