import type { Difference, Gained } from "../../../iam/access/difference";
import { type Change, type Changes, type ChangesByPrincipal, together } from "../../change";
import type { AwsPrincipal } from "../../reach/aws/aws-principal";
import { pathText, requestText } from "../../reach/aws/words";
import type { AwsReach } from "../../reach/aws/aws-reach";
import type { Estate } from "../../read/resource";
import { Shapes } from "./alike/shapes";
import { unreadRemovals, unknownGains, UnknownComparison } from "../unknowns";
import { OtherPlaces } from "./other-places";
import { principalPairs } from "./principal-pairs";
import { PathComparison } from "./path-comparison";
import { followsFromRenewal, renewalOf, withRenewal } from "./expiry-renewal";
import { resourceChanges } from "./resource-changes";
import { type CallersOfBoth, roleDifferences, roleGains, unboundGains } from "./role-changes";
import { podChanges, rolesAnywhereChanges } from "./service-changes";
import { UsualTrust } from "./usual-trust";

/** What base reaches, and head, read from the same texts */
export interface AwsReaches {
  readonly reached: AwsReach;
  readonly reaches: AwsReach;
}

/** What each agent and each other role can do in AWS in only one of the states */
export function awsChanges(
  base: Estate,
  head: Estate,
  { reached, reaches }: AwsReaches,
  shapes = new Shapes(),
): ChangesByPrincipal {
  const paths = new PathComparison(shapes);
  const unknowns = new UnknownComparison(base, head);
  const usual = new UsualTrust(reached.principals);
  const callers = { before: reached.callers, after: reaches.callers };
  const callersBack = { before: reaches.callers, after: reached.callers };
  const beyond = new BeyondRenewal(paths, base, head, callers);
  const shorter = new BeyondRenewal(paths, head, base, callersBack);
  const changes = new Map<string, Changes>();
  for (const [name, [before, after]] of principalPairs(reached.principals, reaches.principals)) {
    const [up, down] = [paths.gained(name, before, after), paths.gained(name, after, before)];
    const [rolesUp, rolesDown] = [roleDifferences(before, after, callers), roleDifferences(after, before, callersBack)];
    const unread = unknowns.fresh(before?.unknown ?? [], after?.unknown ?? []);
    const isNew = after !== undefined && after.isAgent && before === undefined;
    const roles = isNew ? usual.gains(after, rolesUp) : roleGains(rolesUp);
    const gained = [...actions(up, before, after), ...unboundGains(before, after), ...roles];
    const gains = isNew ? gained : beyond.marked({ name, before, after, gains: gained });
    // An unread policy of head may still allow it.
    const lost = [...actions(down, after, before), ...unboundGains(after, before), ...roleGains(rolesDown)];
    const losses = unread.length > 0 ? [] : shorter.marked({ name, before: after, after: before, gains: lost });
    const unknown = [
      ...unknownGains(up),
      ...rolesUp.flatMap(({ trust }) => unknownGains(trust)),
      ...unread,
      ...(after === undefined ? [] : unreadRemovals(before?.unknown ?? [], after.unknown)),
    ];
    if (gains.length + losses.length + unknown.length > 0)
      changes.set(name, together(changes.get(name), { gains, losses, unknown }));
  }
  for (const [name, one] of resourceChanges(reached, reaches, unknowns, head)) {
    changes.set(name, together(changes.get(name), one));
  }
  for (const changed of [podChanges(reached, reaches, unknowns), rolesAnywhereChanges(reached, reaches, unknowns)]) {
    for (const [name, one] of changed) changes.set(name, together(changes.get(name), one));
  }
  for (const stray of unknowns.fresh(reached.strays, reaches.strays)) {
    const { address } = stray.source;
    changes.set(address, together(changes.get(address), { gains: [], losses: [], unknown: [stray] }));
  }
  return changes;
}

/** Separates gains that follow from a changed expiry from all others */
class BeyondRenewal {
  constructor(
    private readonly paths: PathComparison,
    private readonly base: Estate,
    private readonly head: Estate,
    private readonly callers: CallersOfBoth,
  ) {}

  public marked({ name, before, after, gains }: Gaining): readonly Change[] {
    if (before === undefined || after === undefined || gains.length === 0 || !after.isAgent) return gains;
    const renewal = renewalOf(name, this.base, this.head);
    if (renewal === undefined) return gains;
    const was = withRenewal(before, renewal);
    const left = this.paths.gained(name, was, after);
    if (left.undecided.length > 0) return gains;
    const others = roleGains(roleDifferences(was, after, this.callers));
    return followsFromRenewal(gains, [...actions(left, was, after), ...unboundGains(was, after), ...others]);
  }
}

interface Gaining {
  readonly name: string;
  readonly before: AwsPrincipal | undefined;
  readonly after: AwsPrincipal | undefined;
  readonly gains: readonly Change[];
}

function actions(
  { gained }: Difference,
  before: AwsPrincipal | undefined,
  whose: AwsPrincipal | undefined,
): readonly Change[] {
  if (gained.length === 0) return [];
  const places = new OtherPlaces(before, whose);
  const words = new Map((whose?.paths ?? []).map((path) => [path.name, pathText(path)]));
  const byWhat = new Map<string, Gained[]>();
  for (const gain of gained) {
    const what = `${gain.action} on ${gain.resource}`;
    const known = byWhat.get(what);
    if (known === undefined) byWhat.set(what, [gain]);
    else known.push(gain);
  }
  return [...byWhat].map(([what, gains]) => {
    const first = gains[0] as Gained;
    const { witness, statement, path } = first;
    const also = places.of(first);
    const paths = distinct(gains.map(({ path }) => words.get(path) ?? path));
    const policies = distinct(gains.flatMap((gain) => gain.statement.policy ?? []));
    const by = policies.length === 0 ? "" : `, by ${policies.join(" and ")}`;
    return {
      kind: "action",
      what: `${what} (${paths.join("; ")}${by})`,
      witness: [requestText(witness), ...byWayOf(path, whose)].join(", "),
      source: { address: statement.source, ...(also.length > 0 && { also }) },
    };
  });
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}

/** The roles in between, if any */
function byWayOf(path: string, whose: AwsPrincipal | undefined): readonly string[] {
  const chain = whose?.chained.find(({ paths: own }) => own.some(({ name }) => name === path));
  const through = chain?.through() ?? [];
  if (through.length === 0) return [];
  return [`by way of ${through.map((key) => `role ${key}`).join(" → ")}`];
}
