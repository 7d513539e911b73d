import { type Principal, type Statement, valuesOf } from "../../../iam";
import type { SourcedStatement } from "../../../iam/access/access";
import { Glob } from "../../../iam/sets/glob";
import { mayBeAbout } from "./statement-scope";

/** An Allow of a trust policy that may admit bearers of tokens, or of certificates */
export interface IdentityStatement {
  readonly sourced: SourcedStatement;
  /** The action that assumes the role */
  readonly action: string;
  /** Principals that it names; undefined if it names none */
  readonly principal: Principal | undefined;
  /** By IAM Roles Anywhere, not by an identity provider */
  readonly isCertificate: boolean;
}

const ROLES_ANYWHERE = "rolesanywhere.amazonaws.com";
const WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity";
const ASSUME = "sts:AssumeRole";
/** The subject of a web identity, or the URI of a certificate. Source: IAM user guide, condition keys of both */
const SUBJECT = /(?::sub|^aws:principaltag\/x509san\/uri)$/i;

export function identityStatementsOf(trust: readonly SourcedStatement[]): readonly IdentityStatement[] {
  return trust.flatMap((sourced) => {
    const { Effect: effect, Principal: principal } = sourced.statement;
    if (effect !== "Allow") return [];
    const named = principal === undefined || principal === "*" ? undefined : principal;
    const isOpen = named === undefined;
    const federated = named?.["Federated"];
    const isServed = named?.["Service"] !== undefined && valuesOf(named["Service"]).some(mayServe);
    const all: readonly IdentityStatement[] = [
      ...(isOpen || federated !== undefined
        ? [
            {
              sourced,
              action: WEB_IDENTITY,
              principal: federated === undefined ? principal : { Federated: federated },
              isCertificate: false,
            },
          ]
        : []),
      ...(isOpen || isServed
        ? [
            {
              sourced,
              action: ASSUME,
              principal: isOpen ? principal : { Service: ROLES_ANYWHERE },
              isCertificate: true,
            },
          ]
        : []),
    ];
    return all.filter(({ action }) => mayBeAbout(sourced.statement, action));
  });
}

function mayServe(service: string): boolean {
  return service === ROLES_ANYWHERE || service === "*" || service.includes("${");
}

/** Fast: true if the statement does not test the subject, or tests it by an operator that is not evaluated here. */
export function mayAdmit({ sourced: { statement } }: IdentityStatement, subjects: readonly string[]): boolean {
  return Object.entries(statement.Condition ?? {}).every(([operator, tests]) =>
    Object.entries(tests)
      .filter(([key]) => SUBJECT.test(key))
      .every(([, values]) => mayBeMet(operator, valuesOf(values), subjects)),
  );
}

/** Keys that a statement uses to tell subjects apart */
export function subjectKeysOf({ Condition: condition }: Statement): readonly string[] {
  const keys = Object.values(condition ?? {}).flatMap((tests) => Object.keys(tests));
  return [...new Set(keys.filter((key) => SUBJECT.test(key)))];
}

function mayBeMet(operator: string, values: readonly string[], subjects: readonly string[]): boolean {
  if (!/^(?:ForAnyValue:|ForAllValues:)?String(?:Equals|Like)(?:IgnoreCase)?(?:IfExists)?$/i.test(operator))
    return true;
  const kind = /like|ignorecase/i.test(operator) ? "caseless" : "text";
  return values.some((value) =>
    subjects.some((subject) => value.includes("${") || subject === value || Glob.of(value, kind).matches(subject)),
  );
}
