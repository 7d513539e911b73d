import type { SourcedStatement } from "../../../../iam/access/access";
import type { Estate, Resource } from "../../../read/resource";
import { mayBeAbout } from "../statement-scope";
import { isAccount, roleOfSession, to } from "../direct-grants";
import type { PolicyTexts } from "../policy-texts";
import type { RoleAccess } from "../role-access";
import { arnOf, roleName } from "../who-asks";
import { isWritten } from "./caller";

/** The trust policy of a role, as far as it is about becoming the role */
export interface Trust {
  /** Of the role */
  readonly arn: string;
  /** Whether every letter of the ARN is known */
  readonly isWritten: boolean;
  readonly account: string | undefined;
  readonly statements: readonly SourcedStatement[];
  /** Statements for the roles that it names */
  readonly toRoles: readonly SourcedStatement[];
  /** What it says of sessions, and of everybody */
  readonly toSessions: readonly SourcedStatement[];
  /** Whether some of it cannot be read */
  readonly isUnread: boolean;
}

/** Trust policies by role, each taken apart once: many may ask for one role. */
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

/** Not everybody */
function isNamed({ statement }: SourcedStatement): boolean {
  return statement.Principal !== undefined && statement.Principal !== "*";
}
