import { valuesOf } from "../../../iam";
import type { Access, SourcedStatement } from "../../../iam/access/access";
import { type Difference, difference, type Gained } from "../../../iam/access/difference";
import type { Callers, Named } from "../../reach/aws/callers";
import type { ResourcePolicy } from "../../reach/aws/resource-policies";

type Policy = Pick<ResourcePolicy, "statements"> | undefined;

const NAME = "its policy";

/**
 * What a policy of a resource grants to principals in one state and not in the other.
 *
 * A role of the configuration that its boundary or a Deny leaves nothing of it gains nothing.
 *
 * @param callers of the state of `is`
 */
export function grantedMore(was: Policy, is: Policy, callers: Callers): Difference {
  const before = accessOf(was?.statements);
  const written = difference(before, accessOf(is?.statements));
  if (is === undefined || written.gained.length + written.undecided.length === 0) return written;
  const limited = [...new Set(is.statements.flatMap(rolesIn))].flatMap((arn) => callers.named(arn) ?? []);
  if (limited.length === 0) return written;
  const names = new Set(limited.map(({ principal }) => principal));
  const origins = new Map<SourcedStatement, SourcedStatement>();
  const only = (isWanted: (named: string) => boolean): readonly SourcedStatement[] =>
    is.statements.flatMap((one) =>
      withPrincipals(one, isWanted).map((left) => {
        origins.set(left, one);
        return left;
      }),
    );
  const parts = [
    accessOf(only((named) => !names.has(named))),
    ...limited.map((one) =>
      accessAs(
        one,
        only((named) => named === one.principal),
      ),
    ),
  ];
  const found = parts.map((part) => difference(before, part));
  return {
    gained: unique(
      found.flatMap(({ gained }) => gained),
      (one) => is.statements.indexOf(origins.get(one.statement) ?? one.statement),
    ),
    undecided: found.flatMap(({ undecided }) => undecided),
  };
}

function accessOf(statements: readonly SourcedStatement[] | undefined): Access {
  if (statements === undefined) return { paths: [] };
  return { paths: [{ name: NAME, layers: [{ name: NAME, statements }] }] };
}

function accessAs({ layers, denies }: Named, statements: readonly SourcedStatement[]): Access {
  return { paths: [{ name: NAME, layers: [{ name: NAME, statements }, ...layers] }], denies };
}

function rolesIn({ statement: { Effect, Principal: principal } }: SourcedStatement): readonly string[] {
  return Effect !== "Allow" || principal === undefined || principal === "*" ? [] : valuesOf(principal["AWS"] ?? []);
}

/** An Allow with those of its principals that are wanted; all but those of AWS are asked for as `*`. */
function withPrincipals(one: SourcedStatement, isWanted: (named: string) => boolean): readonly SourcedStatement[] {
  const { statement } = one;
  const { Principal: principal } = statement;
  if (statement.Effect !== "Allow") return [one];
  if (principal === undefined || principal === "*") return isWanted("*") ? [one] : [];
  const { AWS: named, ...rest } = principal;
  const kept = valuesOf(named ?? []).filter(isWanted);
  const left = { ...(isWanted("*") && rest), ...(kept.length > 0 && { AWS: kept }) };
  return Object.keys(left).length === 0 ? [] : [{ ...one, statement: { ...statement, Principal: left } }];
}

/** One example of the principals that a statement names is enough. */
function unique(gained: readonly Gained[], statementOf: (one: Gained) => number): readonly Gained[] {
  const known = new Map<string, Gained>();
  for (const one of gained) {
    const key = JSON.stringify([one.action, one.resource, statementOf(one)]);
    const other = known.get(key);
    if (other === undefined || (one.certain && !other.certain)) known.set(key, one);
  }
  return [...known.values()];
}
