import { byText } from "../../domain/by-text";
import type { SourcedStatement } from "../../iam/access/access";
import { difference } from "../../iam/access/difference";
import type { Unknown } from "../change";
import { whoText, pathText } from "../reach/aws/words";
import { roleDifferences } from "../difference/aws/role-changes";
import { unknownGains } from "../difference/unknowns";
import type { AwsPrincipal } from "../reach/aws/aws-principal";
import { type AwsPath, isAssumed, isGranted } from "../reach/aws/way";
import type { AllowedPair, AwsAccess, PathAccess, RoleEntry } from "./principal-access";
import { Allows } from "./allows";
import { byDanger, danger } from "./danger";

export const NO_AWS: AwsAccess = { paths: [], roles: [] };

/** What each path of a principal opens, who may assume its roles, and what could not be decided */
export function awsAccess(principal: AwsPrincipal): {
  readonly access: AwsAccess;
  readonly unknown: readonly Unknown[];
} {
  const unknown: Unknown[] = [...principal.unknown];
  const paths = principal.paths.flatMap((path) => {
    const { access, open } = pathAccess(path, principal.denies);
    unknown.push(...open);
    // Resource policies grant to roles, perhaps to none of this principal.
    return isGranted(path) && access.pairs.length === 0 ? [] : [access];
  });
  const roles = rolesOf(principal, unknown);
  return { access: { paths: [...paths].sort(byWorst), roles }, unknown };
}

interface Path {
  readonly access: PathAccess;
  readonly open: readonly Unknown[];
}

function pathAccess(path: AwsPath, denies: readonly SourcedStatement[]): Path {
  const name = pathText(path);
  const { gained, undecided: open } = difference({ paths: [] }, { paths: [path], denies });
  const allows = new Allows(path);
  const pairs = gained.map(({ action, resource, kinds, witness, certain, unknown }): AllowedPair => ({
    action,
    resource,
    kinds,
    witness,
    certain,
    unknown,
    by: allows.of(witness),
  }));
  return {
    access: { name, isAssumed: isAssumed(path), pairs: unique(pairs).sort(byDanger) },
    open: open.map(({ statement: { source }, why }) => ({
      what: `what ${source} allows (${name})`,
      why,
      source: { address: source },
    })),
  };
}

/** Two Allows may give one pair. The certain one is kept: every statement is listed with it anyway. */
function unique(pairs: readonly AllowedPair[]): AllowedPair[] {
  const known = new Map<string, AllowedPair>();
  for (const pair of pairs) {
    const key = JSON.stringify([pair.action, pair.resource]);
    const other = known.get(key);
    if (other === undefined || (pair.certain && !other.certain)) known.set(key, pair);
  }
  return [...known.values()];
}

function byWorst(one: PathAccess, other: PathAccess): number {
  return worst(one) - worst(other) || other.pairs.length - one.pairs.length || byText(one.name, other.name);
}

function worst({ pairs }: PathAccess): number {
  return pairs[0] === undefined ? Infinity : danger(pairs[0]);
}

function rolesOf(principal: AwsPrincipal, unknown: Unknown[]): readonly RoleEntry[] {
  return roleDifferences(undefined, principal, undefined).map(({ after, trust }) => {
    unknown.push(...unknownGains({ gained: [], undecided: trust.undecided }));
    return {
      address: after.address,
      key: after.key,
      maxSession: after.maxSession,
      trusted: trust.gained.map(({ witness, action, certain, statement }) => ({
        who: whoText(witness, statement.statement),
        action,
        witness,
        certain,
        source: { address: statement.source },
      })),
    };
  });
}
