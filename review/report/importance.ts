import { byText } from "../../domain/by-text";
import type { Finding } from "./finding";

/**
 * First what is harmful together, then who somebody is and what holds them, then what may be anything, then what they can
 * do, last for how long
 */
const RANK: Readonly<Record<Finding["kind"], number>> = {
  combination: 0,
  identity: 1,
  trust: 2,
  boundary: 3,
  approval: 4,
  enforcement: 5,
  unknown: 6,
  delegation: 7,
  sensitivity: 8,
  action: 9,
  tool: 10,
  destination: 11,
  network: 12,
  ttl: 13,
};

/** Where what a change is about says less than how bad it is, or whose */
const PLACES = { first: 5.5, early: 6.5, late: 14 } as const;
const FOLDED = 15;

function rank({ kind, showing: { place, fold } = {} }: Finding): number {
  if (fold !== undefined) return FOLDED;
  return place === undefined ? RANK[kind] : PLACES[place];
}

/** What is new, or may be, before what stands, and what is refused or gone last */
const CLASS: Readonly<Record<Finding["direction"], number>> = {
  gain: 0,
  unknown: 0,
  undeclared: 1,
  standing: 2,
  ungranted: 3,
  loss: 4,
};

/** True for what stops a reader before anything else: what is harmful together, who somebody is, and what holds them */
export function isGrave({ kind }: Pick<Finding, "kind">): boolean {
  return RANK[kind] < RANK.unknown;
}

/** Of one principal alone: what it can do goes before what else is new of it. */
export function inGroup(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((one, other) => CLASS[one.direction] - CLASS[other.direction] || lead(one) - lead(other));
}

function lead({ kind, showing }: Finding): number {
  if (kind === "combination") return 0;
  if (showing?.fold !== undefined) return 3;
  return showing?.place === "first" ? 1 : showing?.place === "early" ? 2 : 3;
}

export function byImportance(one: Finding, other: Finding): number {
  return (
    CLASS[one.direction] - CLASS[other.direction] ||
    rank(one) - rank(other) ||
    RANK[one.kind] - RANK[other.kind] ||
    risk(other) - risk(one) ||
    byTexts(one, other)
  );
}

/** Who has no risk in the registry may have any. */
function risk({ principal }: Finding): number {
  return principal?.risk.after?.score ?? Number.MAX_VALUE;
}

/** All in which two findings of a rank and a risk can differ */
const TEXTS: readonly ((finding: Finding) => string)[] = [
  ({ principal }) => principal?.id ?? "",
  ({ principal }) => String(principal?.isAgent),
  ({ direction }) => direction,
  ({ what }) => what,
  ({ because }) => because,
  ({ source }) => source.address,
  ({ source }) => source.file ?? "",
  ({ source }) => String(source.line),
  ({ parts }) =>
    JSON.stringify(parts?.map(({ what, source: { address, file, line } }) => [what, address, file, line]) ?? null),
];

function byTexts(one: Finding, other: Finding): number {
  for (const text of TEXTS) {
    const order = byText(text(one), text(other));
    if (order !== 0) return order;
  }
  return 0;
}
