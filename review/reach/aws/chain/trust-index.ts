import { type Statement, valuesOf } from "../../../../iam";
import { Glob } from "../../../../iam/sets/glob";
import type { Resource, Estate } from "../../../read/resource";
import { mayBeAbout } from "../statement-scope";
import { isAccount, roleOfSession, to } from "../direct-grants";
import type { PoliciesRead } from "../layer";
import { mayBeSame, accountOf, type Caller, isUniqueId, isWritten, arnOf, roleName } from "../caller";
import type { SourcedStatement } from "../../../../iam/access/access";
import type { PolicyTexts } from "../policy-texts";
import type { RoleAccess } from "../role-access";

const ASSUME = "sts:AssumeRole";
const ANY_NAME = "*";
/** Operators that match one value only, for a key that every session has */
const EXACT = ["StringEquals", "ArnEquals", "ArnLike", "StringLike"];

/** Roles whose trust policy may admit a caller: by itself, or only together with the caller's own policies */
export class TrustIndex {
  private readonly byName = new Map<string, Set<Resource>>();
  private readonly bySession = new Map<string, Set<Resource>>();
  private readonly byAccount = new Map<string, Set<Resource>>();
  /** Roles that admit every principal, subject to conditions */
  private readonly open = new Set<Resource>();
  /** Trust policies with an unknown principal, which may be any */
  private readonly unclear = new Set<Resource>();
  private readonly unread = new Set<Resource>();

  constructor(
    roles: readonly Resource[],
    trustOf: (role: Resource) => PoliciesRead,
    /** Whether a name refers to exactly one resource of the configuration */
    private readonly isKnown: (named: string) => boolean,
  ) {
    for (const role of roles) {
      const { statements, unknown } = trustOf(role);
      if (unknown.length > 0) this.unread.add(role);
      for (const { statement } of statements) {
        if (statement.Effect === "Allow" && mayBeAbout(statement, ASSUME)) this.add(role, statement);
      }
    }
  }

  /** Roles whose trust policy may suffice alone */
  public naming({ arn, id, name }: Caller): ReadonlySet<Resource> {
    const byId = id === undefined ? undefined : this.byName.get(id);
    return new Set([
      ...alike(this.byName, arn, this.isKnown),
      ...(byId ?? []),
      ...alike(this.bySession, name?.name ?? ANY_NAME),
      ...this.open,
      ...this.unclear,
    ]);
  }

  /** Roles that admit a caller whose own policies allow the request */
  public admitting(caller: Caller): ReadonlySet<Resource> {
    const accounts = [...this.byAccount].filter(([account]) => mayBeSame(account, caller.name?.account));
    return new Set([...this.naming(caller), ...accounts.flatMap(([, roles]) => [...roles]), ...this.unread]);
  }

  private add(role: Resource, { Principal: principal, Condition }: Statement): void {
    const only = principalsTested(Condition);
    if (only !== undefined) for (const arn of only) put(this.byName, arn, role);
    else if (principal === undefined || principal === "*") this.open.add(role);
    else for (const named of valuesOf(principal["AWS"] ?? [])) this.addNamed(role, named);
  }

  private addNamed(role: Resource, named: string): void {
    const session = roleOfSession(named);
    if (named === "*") this.open.add(role);
    else if (session?.includes("${") === true) this.unclear.add(role);
    else if (session !== undefined) put(this.bySession, session, role);
    else if (isAccount(named)) put(this.byAccount, accountOf(named), role);
    else {
      put(this.byName, named, role);
      if (isUniqueId(named) || (named.includes("${") && !this.isKnown(named))) this.unclear.add(role);
    }
  }
}

/** Roles by a name, and by every name that it may turn out to be, unless another resource is known to have that one */
function alike(
  index: ReadonlyMap<string, ReadonlySet<Resource>>,
  name: string,
  isOther: (named: string) => boolean = () => false,
): readonly Resource[] {
  const known = [...(index.get(name) ?? [])];
  if (isWritten(name)) return known;
  const { widest } = Glob.of(name, "text");
  const others = [...index].filter(([named]) => isWritten(named) && widest.matches(named) && !isOther(named));
  return [...known, ...others.flatMap(([, roles]) => [...roles])];
}

/** ARNs that the condition requires of the caller; undefined if others may pass too */
function principalsTested(condition: Statement["Condition"]): readonly string[] | undefined {
  for (const operator of EXACT) {
    for (const [key, values] of Object.entries(condition?.[operator] ?? {})) {
      const arns = valuesOf(values);
      if (key.toLowerCase() === "aws:principalarn" && arns.length > 0 && arns.every(isWritten)) return arns;
    }
  }
  return undefined;
}

function put(index: Map<string, Set<Resource>>, key: string, role: Resource): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, new Set([role]));
  else known.add(role);
}

/** The statements of a role's trust policy that cover `sts:AssumeRole` */
export interface Trust {
  /** ARN of the role */
  readonly arn: string;
  /** Whether the ARN is fully known */
  readonly isWritten: boolean;
  readonly account: string | undefined;
  readonly statements: readonly SourcedStatement[];
  /** Statements limited to the roles that it names */
  readonly toRoles: readonly SourcedStatement[];
  /** Statements for sessions, and for every principal */
  readonly toSessions: readonly SourcedStatement[];
  /** Whether a part of it cannot be read */
  readonly isUnread: boolean;
}

/** Trust policies by role, each analysed once: many callers may ask for one role. */
export class Trusts {
  private readonly known = new Map<Resource, Trust>();

  constructor(
    private readonly estate: Estate,
    private readonly access: Pick<RoleAccess, "trustOf">,
    private readonly texts: PolicyTexts,
  ) {}

  public of(role: Resource): Trust {
    const known = this.known.get(role) ?? this.read(role);
    this.known.set(role, known);
    return known;
  }

  private read(role: Resource): Trust {
    const arn = arnOf(role, this.estate);
    const { statements, unknown } = this.access.trustOf(role);
    const about = statements.filter(({ statement }) => mayBeAbout(statement, "sts:AssumeRole"));
    return {
      arn,
      isWritten: isWritten(arn),
      account: roleName(arn)?.account,
      statements: about,
      toRoles: about.flatMap((one) => to(one, isRole, this.texts)).filter(isNamed),
      toSessions: about.flatMap((one) => to(one, isSessionOrAny, this.texts)),
      isUnread: unknown.length > 0,
    };
  }
}

function isRole(named: string): boolean {
  return named !== "*" && !isAccount(named) && roleOfSession(named) === undefined;
}

function isSessionOrAny(named: string): boolean {
  return named === "*" || roleOfSession(named) !== undefined;
}

/** Names principals, not `*` */
function isNamed({ statement }: SourcedStatement): boolean {
  return statement.Principal !== undefined && statement.Principal !== "*";
}
