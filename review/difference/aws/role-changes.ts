import type { Access } from "../../../iam/access/access";
import { type Difference, difference, type Gained } from "../../../iam/access/difference";
import type { Change } from "../../change";
import type { Callers } from "../../reach/aws/callers";
import type { AwsPrincipal } from "../../reach/aws/aws-principal";
import { isLimit } from "../../reach/aws/layer";
import type { AwsRole } from "../../reach/aws/role-access";
import { layerText, pathText, requestText, whoText } from "../../reach/aws/words";
import { WaysBefore } from "./path-comparison";

/** A removed limit of a path. It may allow nothing today, but every later grant takes effect at once. */
export function unboundGains(before: AwsPrincipal | undefined, after: AwsPrincipal | undefined): readonly Change[] {
  const known = new WaysBefore(before?.paths, after?.paths);
  return (after?.paths ?? []).flatMap((path) => {
    const { layers } = path;
    const kept = new Set(layers.map((layer) => layer.name));
    const limits = (known.of(path)?.layers ?? []).filter(isLimit);
    const gone = limits.filter((layer) => !kept.has(layer.name));
    return gone.map((layer): Change => {
      const address = layer.statements[0]?.source ?? (after as AwsPrincipal).name;
      return {
        kind: "boundary",
        what: `no ${layerText(layer.name)} limits it any more (${pathText(path)})`,
        witness: "any right that the role gets later",
        source: { address },
      };
    });
  });
}

const NO_DIFFERENCE: Difference = { gained: [], undecided: [] };

/** One of its roles in two states */
export interface RoleDifference {
  readonly before: AwsRole | undefined;
  readonly after: AwsRole;
  /** Principals that may assume it */
  readonly trust: Difference;
}

/** Roles that policies name, in both states */
export interface CallersOfBoth {
  readonly before: Callers;
  readonly after: Callers;
}

/** @param callers a trusted role without the right to ask gains nothing now; it gains once it gets that right */
export function roleDifferences(
  before: AwsPrincipal | undefined,
  after: AwsPrincipal | undefined,
  callers: CallersOfBoth | undefined,
): readonly RoleDifference[] {
  const known = new Map((before?.roles ?? []).map((role) => [role.key, role]));
  return (after?.roles ?? []).map((role) => {
    const was = known.get(role.key);
    return { before: was, after: role, trust: trustDifference(was, role, callers) };
  });
}

/** Equal text is read as one statement: if its callers may ask as before, they were admitted before. */
function trustDifference(was: AwsRole | undefined, is: AwsRole, callers: CallersOfBoth | undefined): Difference {
  const isSame = was !== undefined && areSame(was.trust, is.trust);
  if (isSame && (callers === undefined || callers.after.areAsBefore(is.trust, callers.before))) return NO_DIFFERENCE;
  const before = was === undefined ? undefined : (callers?.before.admitted(was.resource, was.trust) ?? was.trust);
  const after = callers?.after.admitted(is.resource, is.trust) ?? is.trust;
  if (before !== undefined && areSame(before, after)) return NO_DIFFERENCE;
  return difference(trustAccess(before), trustAccess(after));
}

function areSame(some: AwsRole["trust"], others: AwsRole["trust"]): boolean {
  return some.length === others.length && others.every(({ statement }, at) => statement === some[at]?.statement);
}

/** Principals that may assume the roles, and for how long */
export function roleGains(differences: readonly RoleDifference[]): readonly Change[] {
  return differences.flatMap((role) => [...trustGains(role), ...sessionGains(role)]);
}

function trustGains({ after, trust }: RoleDifference): readonly Change[] {
  return trust.gained.map((gained) => trustGain(after, gained));
}

/** A principal that may assume a role in head and could not in base */
export function trustGain({ address }: AwsRole, { witness, action, statement }: Gained): Change {
  return {
    kind: "trust",
    what: `${address} may be assumed by ${whoText(witness, statement.statement)} (${action})`,
    witness: requestText(witness),
    source: { address: statement.source },
  };
}

function trustAccess(statements: AwsRole["trust"] | undefined): Access {
  return statements === undefined
    ? { paths: [] }
    : { paths: [{ name: "trust", layers: [{ name: "trust", statements }] }] };
}

export function sessionGains({ before, after }: RoleDifference): readonly Change[] {
  if (before === undefined || before.maxSession === after.maxSession) return [];
  // A value that is not yet a number may be any.
  if (Number(after.maxSession) <= Number(before.maxSession)) return [];
  const what = `sessions of ${after.address} may last ${after.maxSession} s, before ${before.maxSession} s`;
  const witness = `credentials that were issued ${before.maxSession} s ago`;
  return [{ kind: "ttl", what, witness, source: { address: after.address } }];
}
