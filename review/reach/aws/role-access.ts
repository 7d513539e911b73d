import type { AccessPath, Layer, SourcedStatement } from "../../../iam/access/access";
import type { Unknown } from "../../change";
import type { Estate, Resource } from "../../read/resource";
import { roleKey } from "./iam-index";
import type { PolicyTexts } from "./policy-texts";
import { directly, type ResourcePolicy } from "./resource-policies";
import { layer, type PoliciesRead, type RolePolicies } from "./role-policies";

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
/** Name of the layer that says who asks, and limits nothing */
export const WHO_ASKS = "who asks";
/** Ends the name of a path on which what cannot be read allows everything */
export const IF_UNREAD = ", if what cannot be read allows it";
/** AWS's default, in seconds. Source: API reference of IAM, CreateRole */
const MAX_SESSION = 3_600;

/** Name of a layer, and what is in it */
type Part = readonly [name: string, read: PoliciesRead];

/** What a role opens: rights of a session = boundary ∩ role ∩ session policy, and what resources grant it by themselves */
export class RoleAccess {
  /** Of resources, to whomever they name */
  public readonly denies: readonly SourcedStatement[];
  private readonly direct: readonly SourcedStatement[];

  constructor(
    private readonly estate: Estate,
    private readonly policies: RolePolicies,
    resources: readonly ResourcePolicy[],
    private readonly texts: PolicyTexts,
  ) {
    const statements = resources.flatMap((policy) => policy.statements);
    this.denies = statements.filter(({ statement }) => statement.Effect === "Deny");
    this.direct = statements
      .filter(({ statement }) => statement.Effect === "Allow")
      .flatMap(directly)
      .map(({ statement, source }) => ({ statement: texts.one(statement), source }));
  }

  /** Where a policy cannot be read there is a second, in which it allows everything: it may. */
  public pathsOf(role: Resource, name: string, session?: PoliciesRead): readonly AccessPath[] {
    const limits: readonly Part[] = session === undefined ? [] : [[SESSION_POLICY, session]];
    return this.variants(role, name, ["role", this.policies.identityOf(role)], limits);
  }

  /** Without a session policy, as whoever else may become the role has it */
  public pathsAround(role: Resource, name: string): readonly AccessPath[] {
    const alone = this.pathsOf(role, `${name} alone`);
    if (this.direct.length === 0) return alone;
    const granted: Part = ["policies of resources", { statements: this.direct, unknown: [] }];
    return [...alone, ...this.variants(role, `${name} by policies of resources`, granted, [])];
  }

  private variants(role: Resource, name: string, granted: Part, limits: readonly Part[]): readonly AccessPath[] {
    const boundary = this.policies.boundaryOf(role);
    const parts = [granted, ...(boundary === undefined ? [] : [[BOUNDARY, boundary] as const]), ...limits];
    const who = this.who(role);
    const known = { name, layers: [...parts.map(([part, read]) => layer(part, read)), who] };
    if (parts.every(([, read]) => read.unknown.length === 0)) return [known];
    const wide = parts.map(([part, read]) => layer(part, read.unknown.length === 0 ? read : this.everything(read)));
    return [known, { name: `${name}${IF_UNREAD}`, layers: [...wide, who] }];
  }

  private everything({ statements, unknown }: PoliciesRead): PoliciesRead {
    const statement = this.texts.one({ Effect: "Allow", Action: "*", Resource: "*" });
    return { statements: [...statements, { statement, source: unknown[0]?.source.address ?? "" }], unknown };
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

  private trustOf(role: Resource): PoliciesRead {
    return this.texts.in(role, "assume_role_policy", this.estate);
  }

  /** Nobody but the role: what resources deny or grant depends on who asks. */
  private who(role: Resource): Layer {
    const arn = this.estate.attribute(role, "arn");
    const principal = typeof arn === "string" ? arn : `arn:aws:iam::*:role/${role.name}`;
    const statement = this.texts.one({
      Effect: "Allow",
      Principal: { AWS: principal },
      Action: "*",
      Resource: "*",
    });
    return { name: WHO_ASKS, statements: [{ statement, source: role.address }] };
  }
}
