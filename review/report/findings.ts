import type { Change, Unknown } from "../change";
import type { Combination, PrincipalReview, Review } from "../review";
import type { Finding } from "./finding";
import { byImportance } from "./importance";

/** All findings of a review, the most important first, losses last; independent of the order in the review. */
export function findingsOf(review: Review): readonly Finding[] {
  const found = [
    ...review.agents.flatMap((principal) => [
      ...principal.combinations.map((one) => combination(one, principal)),
      ...changes("gain", principal.gains, principal),
      ...changes("loss", principal.losses, principal),
      ...unknowns(principal.unknown, principal),
    ]),
    ...changes("undeclared", review.undeclared),
    ...changes("ungranted", review.ungranted),
    ...unknowns(review.unknown),
  ];
  return found.sort(byImportance);
}

function changes(
  direction: "gain" | "undeclared" | "ungranted" | "loss",
  some: readonly Change[],
  principal?: PrincipalReview,
): readonly Finding[] {
  return some.map(({ kind, what, witness, source, showing }) => ({
    direction,
    ...(principal === undefined ? {} : { principal }),
    kind,
    what,
    because: witness,
    source,
    ...(showing !== undefined && { showing }),
  }));
}

function unknowns(some: readonly Unknown[], principal?: PrincipalReview): readonly Finding[] {
  return some.map(({ what, why, source }) => ({
    direction: "unknown",
    ...(principal === undefined ? {} : { principal }),
    kind: "unknown",
    what,
    because: why,
    source,
  }));
}

function combination({ code, what, parts, isNew }: Combination, principal: PrincipalReview): Finding {
  return {
    direction: isNew ? "gain" : "standing",
    principal,
    kind: "combination",
    what: `${code}: ${what}`,
    because: parts.map((part) => part.what).join("; "),
    source: parts[0]?.source ?? { address: principal.id },
    parts,
  };
}
