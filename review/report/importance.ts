import type { ChangeKind, ChangeSource } from "../change";
import type { PrincipalReview, Review } from "../review";

/** One line of a report */
export interface Finding {
  readonly direction: "gain" | "undeclared" | "unknown" | "loss";
  /** Who gains or loses; undefined where it belongs to nobody alone */
  readonly principal?: PrincipalReview;
  readonly kind: ChangeKind | "unknown";
  readonly what: string;
  /** The witness; of an unknown, why it could not be decided */
  readonly because: string;
  readonly source: ChangeSource;
}

/** First who somebody is and what holds them, then what may be anything, then what they can do, last for how long */
const RANK: Readonly<Record<Finding["kind"], number>> = {
  identity: 0,
  trust: 1,
  boundary: 2,
  enforcement: 3,
  approval: 4,
  unknown: 5,
  delegation: 6,
  sensitivity: 7,
  action: 8,
  tool: 9,
  destination: 10,
  network: 11,
  ttl: 12,
};

/** Everything that a review found, the most important first, losses last; the order of the review does not matter. */
export function findingsOf(review: Review): readonly Finding[] {
  const found = [
    ...review.agents.flatMap((principal) => [
      ...changes("gain", principal.gains, principal),
      ...changes("loss", principal.losses, principal),
      ...unknowns(principal.unknown, principal),
    ]),
    ...changes("undeclared", review.undeclared),
    ...unknowns(review.unknown),
  ];
  return found.sort(byImportance);
}

/** By whom they concern: the principal with the most important finding first */
export function byPrincipal(
  findings: readonly Finding[],
): ReadonlyMap<PrincipalReview | undefined, readonly Finding[]> {
  const groups = new Map<PrincipalReview | undefined, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.principal);
    if (group === undefined) groups.set(finding.principal, [finding]);
    else group.push(finding);
  }
  return groups;
}

/** True for what stops a reader before anything else: who somebody is, and what holds them */
export function isGrave({ kind }: Pick<Finding, "kind">): boolean {
  return RANK[kind] < RANK.unknown;
}

function changes(
  direction: "gain" | "undeclared" | "loss",
  some: PrincipalReview["gains"],
  principal?: PrincipalReview,
): readonly Finding[] {
  return some.map(({ kind, what, witness, source }) => ({
    direction,
    ...(principal === undefined ? {} : { principal }),
    kind,
    what,
    because: witness,
    source,
  }));
}

function unknowns(some: PrincipalReview["unknown"], principal?: PrincipalReview): readonly Finding[] {
  return some.map(({ what, why, source }) => ({
    direction: "unknown",
    ...(principal === undefined ? {} : { principal }),
    kind: "unknown",
    what,
    because: why,
    source,
  }));
}

function byImportance(one: Finding, other: Finding): number {
  return (
    Number(one.direction === "loss") - Number(other.direction === "loss") ||
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
];

/** By code units: the same order on every machine */
function byText(one: Finding, other: Finding): number {
  for (const text of TEXTS) {
    const [a, b] = [text(one), text(other)];
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}
