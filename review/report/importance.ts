import { byText } from "../../domain/by-text";
import type { Finding } from "./finding";

/**
 * Dangerous combinations first, then identities and limits, then unknowns, then abilities,
 * then lifetimes
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

/** If the kind of a change says less than its severity, or its owner */
const PLACES = { first: 5.5, early: 6.5, late: 14 } as const;
const FOLDED = 15;

function rank({ kind, showing: { place, fold } = {} }: Finding): number {
  if (fold !== undefined) return FOLDED;
  return place === undefined ? RANK[kind] : PLACES[place];
}

/** New and possible findings first, then standing ones, refused and lost ones last */
const CLASS: Readonly<Record<Finding["direction"], number>> = {
  gain: 0,
  unknown: 0,
  undeclared: 1,
  standing: 2,
  ungranted: 3,
  loss: 4,
};

/** True for findings that a reader must see first: dangerous combinations, identities and limits */
export function isGrave({ kind }: Pick<Finding, "kind">): boolean {
  return RANK[kind] < RANK.unknown;
}

/** For one principal: its abilities go before other new facts. */
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

/** A principal without a risk in the registry may have any. */
function risk({ principal }: Finding): number {
  return principal?.risk.after?.score ?? Number.MAX_VALUE;
}

/** All texts in which two findings of equal rank and risk can differ */
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
