import { own } from "../../domain";
import { type Change, type Changes, type ChangesByPrincipal, together, type Unknown } from "../change";
import { awsChanges } from "../difference/aws";
import { besideUnknowns } from "../difference/besides";
import { trailUnknowns } from "../difference/data-trail";
import { declaredChanges } from "../difference/declared";
import { touchedAgents } from "../difference/declared/touched";
import { clusterStates, kubernetesChanges } from "../difference/kubernetes";
import { policyDifference } from "../difference/policy";
import { surroundingUnknowns } from "../difference/surroundings";
import { agreedRegistry, type HalfSuspended, halfSuspended, halfSuspendedChanges } from "../difference/suspension";
import { tagUnknowns } from "../difference/tags";
import { unevaluatedChanges } from "../difference/unevaluated";
import { UnknownComparison } from "../difference/unknown";
import { judgementOf, type PrincipalJudgement } from "../judgement/judgement";
import type { JudgedState } from "../judgement/state";
import { awsReach } from "../reach/aws/principals";
import { type RegistriesRead, readRegistries } from "../reach/declared/read-registries";
import { unreadIn } from "../reach/unread-in";
import { digestOf } from "../read/digest";
import { type JsonObject, member } from "../read/json";
import { agentsOf } from "../read/registry-agents";
import type { Estate } from "../read/resource";
import { sourcesOf } from "../read/source-lines";
import type { PrincipalReview, Review } from "../review";
import { ReadBase } from "./read-base";

/**
 * What `head` lets everybody do that `base` does not, and what that means
 *
 * @param read of the base, where other heads were compared with it
 */
export function reviewOf(base: Estate, head: Estate, read = new ReadBase(base)): Review {
  const states = statesOf(base, head, read);
  const policies = policyDifference(base, head, states.written);
  const { shapes } = read;
  const before = [
    declaredChanges(base.registry, states.agreed, states.registries),
    halfSuspendedChanges(states.half.base, states.half.head),
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
    ...policies.unknown,
    ...surroundingUnknowns(base, head),
    ...besideUnknowns(base, head),
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

interface States {
  readonly base: JudgedState;
  readonly head: JudgedState;
  readonly half: Readonly<Record<"base" | "head", HalfSuspended>>;
  /** What head declares, but for agents that are suspended by half */
  readonly agreed: JsonObject | undefined;
  /** The registries of base and of what is agreed, and of base and head as they are written */
  readonly registries: RegistriesRead;
  readonly written: RegistriesRead;
}

/** Whatever is read for more than one question is read once. */
function statesOf(base: Estate, head: Estate, read: ReadBase): States {
  const [before, after] = clusterStates(base, head, read.cluster);
  const aws = { base: read.aws, head: awsReach(head, read.texts) };
  const half = {
    base: halfSuspended({ kubernetes: before, aws: aws.base }),
    head: halfSuspended({ kubernetes: after, aws: aws.head }),
  };
  const agreed = agreedRegistry(before.cluster, head.registry, half.head);
  const registries = readRegistries(base.registry, agreed);
  const stateOf = (which: "base" | "head", estate: Estate, kubernetes: JudgedState["kubernetes"]): JudgedState => ({
    estate,
    registry: registries[which].registry,
    aws: aws[which],
    kubernetes,
    places: sourcesOf(estate),
  });
  return {
    base: stateOf("base", base, before),
    head: stateOf("head", head, after),
    half,
    agreed,
    registries,
    written: agreed === head.registry ? registries : readRegistries(base.registry, head.registry),
  };
}

const UNCHANGED: Changes = { gains: [], losses: [], unknown: [] };

/** Everybody with a change, and agents whose declarations, or what they name, are others */
function changedIn(merged: ChangesByPrincipal, { base, head }: States): ReadonlySet<string> {
  const [before, after] = [base.registry, head.registry];
  const touched = before === undefined || after === undefined ? [] : touchedAgents(before, after);
  return new Set([...merged.keys(), ...touched]);
}

function principalReview(
  id: string,
  changes: Changes,
  judged: PrincipalJudgement | undefined,
  { base, head }: States,
): PrincipalReview {
  const located = <One extends Change | Unknown>(one: One, { places }: JudgedState): One => ({
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

/** An agent that was not there, or not active, and now is */
function isBegun(name: string, { base, head }: States): boolean {
  const [was, is] = [own(base.registry?.agents, name), own(head.registry?.agents, name)];
  return base.registry !== undefined && is?.state === "active" && was?.state !== "active";
}

/** Marks requests to AWS of agents that their declarations explain: what an agent declares is reported anyway. */
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

function merge(parts: readonly ChangesByPrincipal[]): ChangesByPrincipal {
  const merged = new Map<string, Changes>();
  for (const [name, changes] of parts.flatMap((part) => [...part])) {
    merged.set(name, together(merged.get(name), changes));
  }
  return merged;
}
