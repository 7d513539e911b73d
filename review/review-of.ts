import { type Change, type Changes, type ChangesByPrincipal, together, type Unknown } from "./change";
import { digestOf } from "./digest";
import { awsChanges } from "./difference/aws";
import { declaredChanges } from "./difference/declared";
import { kubernetesChanges } from "./difference/kubernetes";
import { policyDifference } from "./difference/policy";
import { surroundingUnknowns } from "./difference/surroundings";
import { tagUnknowns } from "./difference/tags";
import { unevaluatedChanges } from "./difference/unevaluated";
import { UnknownComparison } from "./difference/unknown";
import { PolicyTexts } from "./reach/aws/policy-texts";
import { awsReach } from "./reach/aws/principals";
import { isObject, type Json, type JsonObject, member } from "./read/json";
import type { Estate } from "./read/resource";
import type { PrincipalReview, Review, Risk } from "./review";
import { type SourceLines, sourcesOf } from "./source-lines";

/** What `head` lets everybody do that `base` does not */
export function reviewOf(base: Estate, head: Estate): Review {
  const states = { base: stateOf(base), head: stateOf(head) };
  const policies = policyDifference(base, head);
  const texts = new PolicyTexts();
  const merged = merge([
    declaredChanges(base.registry, head.registry),
    awsChanges(base, head, { reached: awsReach(base, texts), reaches: awsReach(head, texts) }),
    kubernetesChanges(base, head),
    policies.byAgent,
    unevaluatedChanges(base, head),
  ]);
  const agents = [...merged]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([id, changes]) => principalReview(id, changes, states));
  const unknown = [
    ...new UnknownComparison(base, head).fresh(unreadIn(base), unreadIn(head)),
    ...policies.unknown,
    ...surroundingUnknowns(base, head),
    ...tagUnknowns(base, head),
  ];
  const gained = agents.some(({ gains, unknown: open }) => gains.length + open.length > 0);
  return {
    agents,
    undeclared: [],
    ungranted: [],
    unknown,
    requiresApproval: gained || unknown.length > 0,
    approvals: [],
    acknowledged: [],
    ...digestsOf(base, head),
  };
}

function digestsOf(base: Estate, head: Estate): Pick<Review, "digests"> {
  if (!base.isWhole || !head.isWhole) return {};
  return { digests: { base: digestOf(base.files), head: digestOf(head.files), files: head.files } };
}

interface State {
  /** As the registry has them */
  readonly agents: JsonObject;
  readonly places: SourceLines;
}

function stateOf(estate: Estate): State {
  const agents = estate.registry?.["agents"];
  return { agents: isObject(agents) ? agents : {}, places: sourcesOf(estate) };
}

function principalReview(
  id: string,
  changes: Changes,
  { base, head }: Readonly<Record<"base" | "head", State>>,
): PrincipalReview {
  const [was, is] = [member(base.agents, id), member(head.agents, id)];
  const [before, after] = [riskIn(was), riskIn(is)];
  const located = <One extends Change | Unknown>(one: One, { places }: State): One => ({
    ...one,
    source: { ...one.source, ...places.of(id, one.source.address) },
  });
  return {
    id,
    isAgent: was !== undefined || is !== undefined,
    gains: changes.gains.map((gain) => located(gain, head)),
    losses: changes.losses.map((loss) => located(loss, base)),
    unknown: changes.unknown.map((one) => located(one, head)),
    risk: { ...(before !== undefined && { before }), ...(after !== undefined && { after }) },
    horizon: {},
    combinations: [],
  };
}

function merge(parts: readonly ChangesByPrincipal[]): ChangesByPrincipal {
  const merged = new Map<string, Changes>();
  for (const [name, changes] of parts.flatMap((part) => [...part])) {
    merged.set(name, together(merged.get(name), changes));
  }
  return merged;
}

function unreadIn({ unread }: Estate): readonly Unknown[] {
  return unread.map(({ place: { file, address, attribute }, why }) => ({
    what: attribute === undefined ? address : `${address}.${attribute}`,
    why,
    source: { address, file },
  }));
}

function riskIn(agent: Json | undefined): Risk | undefined {
  const risk = isObject(agent) ? agent["risk"] : undefined;
  if (!isObject(risk) || typeof risk["score"] !== "number" || typeof risk["tier"] !== "string") return undefined;
  return { score: risk["score"], tier: risk["tier"], reasons: [] };
}
