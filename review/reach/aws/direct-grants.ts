import { type Principal, valuesOf } from "../../../iam";
import { Glob } from "../../../iam/sets/glob";
import type { SourcedStatement } from "../../../iam/access/access";
import type { PolicyTexts } from "./policy-texts";

const TEXT = /(?:\$\{[^}]*\}|[^:$])*/.source;
const ACCOUNT = new RegExp(`^(?:\\d{12}|\\$\\{[^}]*\\.account_id[^}]*\\}|arn:${TEXT}:iam::${TEXT}:root)$`);
/** Text between slashes; a reference may contain slashes. */
const NAME = /(?:\$\{[^{}]*\}|\$(?!\{)|[^/$])+/.source;
const SESSION = new RegExp(`^arn:${TEXT}:sts::${TEXT}:assumed-role/(${NAME})/`);

/** Whether a principal of a policy is a whole account, which needs the account's own policies too */
export function isAccount(named: string): boolean {
  return ACCOUNT.test(named);
}

/** Name of the role of a session principal */
export function roleOfSession(named: string): string | undefined {
  return SESSION.exec(named)?.[1];
}

/**
 * Grants of resource policies that take effect on their own.
 *
 * A grant to an account needs a grant by the account's own policies. A boundary and a session policy limit a grant to
 * a role; only a Deny limits a grant to one session.
 *
 * Source: IAM user guide, reference_policies_evaluation-logic.
 */
export class DirectGrants {
  /** Grants to roles, and to every principal */
  public readonly toRoles: readonly SourcedStatement[];
  private readonly sessions = new Map<string, SourcedStatement[]>();
  /** Sessions of roles with unknown names */
  private readonly openSessions: readonly string[];

  constructor(statements: readonly SourcedStatement[], texts: PolicyTexts) {
    const allows = statements.filter(({ statement }) => statement.Effect === "Allow");
    this.toRoles = allows.flatMap((one) =>
      to(one, (named) => !isAccount(named) && roleOfSession(named) === undefined, texts),
    );
    for (const allow of allows) {
      for (const role of new Set(namedIn(allow).map(roleOfSession))) {
        if (role === undefined) continue;
        this.sessions.set(role, [...(this.sessions.get(role) ?? []), ...sessionGrants(allow, texts)]);
      }
    }
    this.openSessions = [...this.sessions.keys()].filter((role) => role.includes("${"));
  }

  /**
   * Grants to sessions of roles with that name, in any account, and of roles that may turn out to have it
   *
   * @param role `*` if its name is unknown
   */
  public toSessionsOf(role: string): readonly SourcedStatement[] {
    if (this.sessions.size === 0) return [];
    const { widest, isLiteral } = Glob.of(role, "text");
    const others = [...(isLiteral ? this.openSessions : this.sessions.keys())].filter(
      (named) => named !== role && (widest.matches(named) || Glob.of(named, "text").widest.matches(role)),
    );
    return [role, ...others].flatMap((named) => this.sessions.get(named) ?? []);
  }
}

function sessionGrants(allow: SourcedStatement, texts: PolicyTexts): readonly SourcedStatement[] {
  const { Principal: principal } = allow.statement;
  if (principal === undefined || principal === "*") return [];
  const named = valuesOf(principal["AWS"] ?? []).filter((one) => roleOfSession(one) !== undefined);
  if (named.length === 0) return [];
  return [{ ...allow, statement: texts.one({ ...allow.statement, Principal: { AWS: named.map(openSession) } }) }];
}

/** A session of a role with an unknown name may belong to any role: it becomes one opaque reference. */
export function openSession(named: string): string {
  return roleOfSession(named)?.includes("${") === true ? `\${${named.replace(/[${}]/g, "")}}` : named;
}

function namedIn({ statement: { Principal: principal } }: SourcedStatement): readonly string[] {
  return principal === undefined || principal === "*" ? [] : valuesOf(principal["AWS"] ?? []);
}

/** The statement reduced to the `wanted` AWS principals and all principals of other kinds */
export function to(
  { statement, source }: SourcedStatement,
  wanted: (named: string) => boolean,
  texts: PolicyTexts,
): readonly SourcedStatement[] {
  const { Principal: principal } = statement;
  if (principal === undefined || principal === "*") return [{ statement, source }];
  const { AWS: named, ...others } = principal;
  const kept = named === undefined ? [] : valuesOf(named).filter(wanted);
  const left: Principal = { ...others, ...(kept.length > 0 && { AWS: kept }) };
  if (Object.keys(left).length === 0) return [];
  return [{ statement: texts.one({ ...statement, Principal: left }), source }];
}
