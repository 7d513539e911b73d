import { type Statement, valuesOf } from "../../../iam";
import { type Difference, difference, type Gained } from "../../../iam/access/difference";
import { type Change, type Changes, type ChangesByPrincipal, together, type Unknown } from "../../change";
import type { AwsReach } from "../../reach/aws/aws-reach";
import type { ResourcePolicy } from "../../reach/aws/resource-policies";
import type { Estate } from "../../read/resource";
import { type UnknownComparison, unreadRemovals, unknownGains } from "../unknowns";
import { requestText, whoText } from "../../reach/aws/words";
import type { Access, SourcedStatement } from "../../../iam/access/access";
import type { Callers, NamedRole } from "../../reach/aws/callers";

/** Principals that each resource's own policy admits, including those outside this configuration */
export function resourceChanges(
  reached: AwsReach,
  reaches: AwsReach,
  unknowns: UnknownComparison,
  head: Estate,
): ChangesByPrincipal {
  const [before, after] = [byKey(reached.resources), byKey(reaches.resources)];
  const changes = new Map<string, Changes>();
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(key), after.get(key)];
    const [up, down] = [grantedMore(was, is, reaches.callers), grantedMore(is, was, reached.callers)];
    const unknown = [
      ...unknownGains(up),
      ...unknowns.fresh(was?.unknown ?? [], is?.unknown ?? []),
      ...(is === undefined && was !== undefined ? defaultOf(was, head) : []),
      ...lostDenies(was, is),
      ...unreadRemovals(was?.unknown ?? [], is?.unknown ?? []),
    ];
    const [gains, losses] = [up.gained.map(grant), down.gained.map(grant)];
    const { address } = (is ?? was) as ResourcePolicy;
    if (gains.length + losses.length + unknown.length > 0)
      changes.set(address, together(changes.get(address), { gains, losses, unknown }));
  }
  return changes;
}

/** Denies that were removed. They may have restricted principals outside this configuration, so the effect is unknown. */
function lostDenies(was: ResourcePolicy | undefined, is: ResourcePolicy | undefined): readonly Unknown[] {
  const kept = new Set((is?.statements ?? []).map(({ statement }) => JSON.stringify(withoutSid(statement))));
  return (was?.statements ?? [])
    .filter(({ statement }) => statement.Effect === "Deny" && !kept.has(JSON.stringify(withoutSid(statement))))
    .map(({ statement, source }) => ({
      what: `the Deny of ${source}${statement.Sid === undefined ? "" : ` (${statement.Sid})`}`,
      why: "it is removed or changed, and may have restricted principals outside this configuration",
      source: { address: source },
    }));
}

function withoutSid({ Sid: _, ...statement }: Statement): Statement {
  return statement;
}

/** A resource that loses its own policy falls back to AWS's default. */
function defaultOf({ address }: ResourcePolicy, head: Estate): readonly Unknown[] {
  if (head.at(address) === undefined) return [];
  const why = "it is removed, and AWS's default applies instead: declare the policy that is to apply";
  return [{ what: `the policy of ${address}`, why, source: { address } }];
}

/** A resource may have several policies; all of them count. */
function byKey(policies: readonly ResourcePolicy[]): ReadonlyMap<string, ResourcePolicy> {
  const found = new Map<string, ResourcePolicy>();
  for (const policy of policies) {
    const { statements = [], unknown = [] } = found.get(policy.key) ?? {};
    found.set(policy.key, {
      ...policy,
      statements: [...statements, ...policy.statements],
      unknown: [...unknown, ...policy.unknown],
    });
  }
  return found;
}

function grant({ action, resource, witness, statement }: Gained): Change {
  return {
    kind: "action",
    what: `${whoText(witness, statement.statement)} may ${action} on ${resource}`,
    witness: requestText(witness),
    source: { address: statement.source },
  };
}

type Policy = Pick<ResourcePolicy, "statements"> | undefined;

const NAME = "its policy";

/**
 * What a resource policy grants to principals in `is` and not in `was`.
 *
 * A role of the configuration whose boundary or Denies leave nothing of the grant gains nothing.
 *
 * @param callers of the state of `is`
 */
function grantedMore(was: Policy, is: Policy, callers: Callers): Difference {
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

function accessAs({ layers, denies }: NamedRole, statements: readonly SourcedStatement[]): Access {
  return { paths: [{ name: NAME, layers: [{ name: NAME, statements }, ...layers] }], denies };
}

function rolesIn({ statement: { Effect, Principal: principal } }: SourcedStatement): readonly string[] {
  return Effect !== "Allow" || principal === undefined || principal === "*" ? [] : valuesOf(principal["AWS"] ?? []);
}

/** An Allow restricted to the wanted principals; principals other than AWS ones are asked about as `*`. */
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

/** One example of a statement's principals is enough. */
function unique(gained: readonly Gained[], statementOf: (one: Gained) => number): readonly Gained[] {
  const known = new Map<string, Gained>();
  for (const one of gained) {
    const key = JSON.stringify([one.action, one.resource, statementOf(one)]);
    const other = known.get(key);
    if (other === undefined || (one.certain && !other.certain)) known.set(key, one);
  }
  return [...known.values()];
}
