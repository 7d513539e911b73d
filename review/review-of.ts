import { type Change, type Changes, type ChangesByPrincipal, together, type Unknown } from "./change";
import { digestOf } from "./digest";
import { awsChanges } from "./difference/aws";
import { declaredChanges } from "./difference/declared";
import { kubernetesChanges } from "./difference/kubernetes";
import { policyChanges, policyUnknowns } from "./difference/policy";
import { surroundingUnknowns } from "./difference/surroundings";
import { tagUnknowns } from "./difference/tags";
import { unevaluatedChanges } from "./difference/unevaluated";
import { newUnknown } from "./difference/unknown";
import type { Estate } from "./read/resource";
import type { PrincipalReview, Review, Risk } from "./review";
import { sourcesOf } from "./source-lines";

/** What `head` lets everybody do that `base` does not */
export function reviewOf(base: Estate, head: Estate): Review {
  const registered = new Set([...agentsOf(base), ...agentsOf(head)].map(([name]) => name));
  const merged = merge([
    declaredChanges(base.registry, head.registry),
    awsChanges(base, head),
    kubernetesChanges(base, head),
    policyChanges(base, head),
    unevaluatedChanges(base, head),
  ]);
  const agents = [...merged]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([id, changes]) => principalReview(id, changes, registered.has(id), base, head));
  const unknown = [
    ...newUnknown({ known: unreadIn(base), now: unreadIn(head), base, head }),
    ...policyUnknowns(base, head),
    ...surroundingUnknowns(base, head),
    ...tagUnknowns(base, head),
  ];
  const gained = agents.some(({ gains, unknown: open }) => gains.length + open.length > 0);
  return { agents, undeclared: [], unknown, requiresApproval: gained || unknown.length > 0, ...digestsOf(base, head) };
}

function digestsOf(base: Estate, head: Estate): Pick<Review, "digests"> {
  if (!base.isWhole || !head.isWhole) return {};
  return { digests: { base: digestOf(base.files), head: digestOf(head.files), files: head.files } };
}

function principalReview(id: string, changes: Changes, isAgent: boolean, base: Estate, head: Estate): PrincipalReview {
  const [before, after] = [riskOf(base, id), riskOf(head, id)];
  const [was, is] = [sourcesOf(base), sourcesOf(head)];
  const located = <One extends Change | Unknown>(one: One, places: typeof is): One => ({
    ...one,
    source: { ...one.source, ...places.of(id, one.source.address) },
  });
  return {
    id,
    isAgent,
    gains: changes.gains.map((gain) => located(gain, is)),
    losses: changes.losses.map((loss) => located(loss, was)),
    unknown: changes.unknown.map((one) => located(one, is)),
    risk: { ...(before !== undefined && { before }), ...(after !== undefined && { after }) },
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

function riskOf(estate: Estate, agent: string): Risk | undefined {
  const entry = agentsOf(estate).get(agent);
  const risk = isRecord(entry) ? entry["risk"] : undefined;
  if (!isRecord(risk) || typeof risk["score"] !== "number" || typeof risk["tier"] !== "string") return undefined;
  return { score: risk["score"], tier: risk["tier"] };
}

function agentsOf({ registry }: Estate): ReadonlyMap<string, unknown> {
  const agents = registry?.["agents"];
  return new Map(isRecord(agents) ? Object.entries(agents) : []);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
