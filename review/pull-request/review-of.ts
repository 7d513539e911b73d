import { own } from "../../domain";
import { type Change, type Changes, type ChangesByPrincipal, together, type Unknown } from "../change";
import { awsChanges } from "../difference/aws/aws-changes";
import { acknowledgementUnknowns } from "../difference/acknowledged-findings";
import { besideUnknowns } from "../difference/beside-changes";
import { trailUnknowns } from "../difference/data-trail";
import { declaredChanges } from "../difference/declared/declared-changes";
import { affectedAgents } from "../difference/declared/affected-agents";
import { kubernetesChanges } from "../difference/kubernetes/cluster-changes";
import { policyDifference } from "../difference/policy-difference";
import { surroundingUnknowns, tagUnknowns } from "../difference/surroundings";
import type { PartialSuspensions } from "../reach/suspension";
import { unevaluatedChanges } from "../difference/unevaluated-resources";
import { UnknownComparison, unreadRemovals } from "../difference/unknowns";
import { judgementOf, type PrincipalJudgement } from "../judgement/judgement";
import { BaseReach, type FleetState, type FleetStates, fleetStates } from "../reach/fleet-state";
import { unreadIn } from "../reach/folder-reach";
import { digestOf } from "../read/digest";
import { member } from "../read/json";
import { agentsOf, type Estate } from "../read/resource";
import type { PrincipalReview, Review } from "../review";
import { Shapes } from "../difference/aws/alike/shapes";

/**
 * What `head` lets each principal do that `base` does not, and its meaning
 *
 * @param read of the base, if other heads were compared with it
 */
export function reviewOf(base: Estate, head: Estate, read = new ReadBase(base)): Review {
  const states = fleetStates(base, head, read);
  const policies = policyDifference(base, head, states.written);
  const { shapes } = read;
  const before = [
    declaredChanges(base.registry, states.agreed, states.registries),
    suspensionChanges(states.base.half, states.head.half),
  ];
  const inAws = awsChanges(base, head, { reached: states.base.aws, reaches: states.head.aws }, shapes);
  const behind = [
    kubernetesChanges(base, head, [states.base.kubernetes, states.head.kubernetes]),
    policies.byAgent,
    unevaluatedChanges(base, head),
  ];
  const changed = changedIn(merge([...before, inAws, ...behind]), states);
  const judgement = judgementOf(states.base, states.head, changed, shapes);
  const isExplained = (name: string): boolean => isBegun(name, states) && !judgement.beyond.has(name);
  const merged = merge([...before, asDeclared(inAws, isExplained), ...behind]);
  const agents = [...new Set([...merged.keys(), ...judgement.principals.keys()])]
    .sort()
    .map((name) => principalReview(name, merged.get(name) ?? UNCHANGED, judgement.principals.get(name), states))
    .filter(isWorthTelling);
  const unknown = [
    ...new UnknownComparison(base, head).fresh(unreadIn(base), unreadIn(head)),
    ...unreadRemovals(unreadIn(base), unreadIn(head), ({ what, source: { file } }) => JSON.stringify([what, file])),
    ...policies.unknown,
    ...surroundingUnknowns(base, head),
    ...besideUnknowns(base, head),
    ...acknowledgementUnknowns(base, head),
    ...tagUnknowns(base, head),
    ...trailUnknowns(base, head),
  ];
  return {
    agents,
    undeclared: judgement.undeclared,
    ungranted: judgement.ungranted,
    unknown,
    requiresApproval: agents.some(requiresApproval) || unknown.length > 0,
    approvals: [],
    acknowledged: [],
    ...digestsOf(base, head),
  };
}

function digestsOf(base: Estate, head: Estate): Pick<Review, "digests"> {
  if (!base.isWhole || !head.isWhole) return {};
  return { digests: { base: digestOf(base.files), head: digestOf(head.files), files: head.files } };
}

const UNCHANGED: Changes = { gains: [], losses: [], unknown: [] };

/** Principals with a change, and agents whose declarations, or anything that they refer to, differ */
function changedIn(merged: ChangesByPrincipal, { base, head }: FleetStates): ReadonlySet<string> {
  const [before, after] = [base.registry, head.registry];
  const touched = before === undefined || after === undefined ? [] : affectedAgents(before, after);
  return new Set([...merged.keys(), ...touched]);
}

function principalReview(
  id: string,
  changes: Changes,
  judged: PrincipalJudgement | undefined,
  { base, head }: FleetStates,
): PrincipalReview {
  const located = <One extends Change | Unknown>(one: One, { places }: FleetState): One => ({
    ...one,
    source: { ...one.source, ...places.of(id, one.source.address) },
  });
  return {
    id,
    isAgent: [base, head].some(({ estate }) => member(agentsOf(estate.registry), id) !== undefined),
    gains: changes.gains.map((gain) => located(gain, head)),
    losses: changes.losses.map((loss) => located(loss, base)),
    unknown: [...changes.unknown.map((one) => located(one, head)), ...(judged?.misstated ?? [])],
    risk: judged?.risk ?? {},
    horizon: judged?.horizon ?? {},
    combinations: judged?.combinations ?? [],
  };
}

/** An agent that is active in head, and in base was missing or stopped */
function isBegun(name: string, { base, head }: FleetStates): boolean {
  const [was, is] = [own(base.registry?.agents, name), own(head.registry?.agents, name)];
  return base.registry !== undefined && is?.state === "active" && was?.state !== "active";
}

/** Marks AWS gains that an agent's declarations explain: the declaration is reported anyway. */
function asDeclared(inAws: ChangesByPrincipal, isExplained: (name: string) => boolean): ChangesByPrincipal {
  const fold = (gain: Change): Change =>
    gain.kind === "action" ? { ...gain, showing: { ...gain.showing, fold: "declared" } } : gain;
  return new Map(
    [...inAws].map(([name, changes]) => [
      name,
      isExplained(name) ? { ...changes, gains: changes.gains.map(fold) } : changes,
    ]),
  );
}

function isWorthTelling(principal: PrincipalReview): boolean {
  return principal.losses.length > 0 || requiresApproval(principal);
}

function requiresApproval({ gains, unknown, combinations }: PrincipalReview): boolean {
  return gains.length + unknown.length > 0 || combinations.some(({ isNew }) => isNew);
}

/** Agents that head suspends only partly, unless base has the same text */
function suspensionChanges(before: PartialSuspensions, after: PartialSuspensions): ChangesByPrincipal {
  const fresh = [...after].filter(([name, { why }]) => before.get(name)?.why !== why);
  return new Map(fresh.map(([name, unknown]) => [name, { gains: [], losses: [], unknown: [unknown] }]));
}

function merge(parts: readonly ChangesByPrincipal[]): ChangesByPrincipal {
  const merged = new Map<string, Changes>();
  for (const [name, changes] of parts.flatMap((part) => [...part])) {
    merged.set(name, together(merged.get(name), changes));
  }
  return merged;
}

/** Everything read of a base, shared by all heads that are compared with it */
export class ReadBase extends BaseReach {
  public readonly shapes = new Shapes();
}
