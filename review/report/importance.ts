import type { Finding } from "./findings";

/**
 * First what is harmful together, then who somebody is and what holds them, then what may be anything, then what they can
 * do, last for how long
 */
const RANK: Readonly<Record<Finding["kind"], number>> = {
  combination: 0,
  identity: 1,
  trust: 2,
  boundary: 3,
  enforcement: 4,
  approval: 5,
  unknown: 6,
  delegation: 7,
  sensitivity: 8,
  action: 9,
  tool: 10,
  destination: 11,
  network: 12,
  ttl: 13,
};

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

export function byImportance(one: Finding, other: Finding): number {
  return (
    CLASS[one.direction] - CLASS[other.direction] ||
    RANK[one.kind] - RANK[other.kind] ||
    risk(other) - risk(one) ||
    byText(one, other)
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

/** By code units: the same order on every machine */
function byText(one: Finding, other: Finding): number {
  for (const text of TEXTS) {
    const [a, b] = [text(one), text(other)];
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}
