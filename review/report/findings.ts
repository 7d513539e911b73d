import type { Change, ChangeKind, ChangeSource, Showing, Unknown } from "../change";
import type { Combination, PrincipalReview, Review } from "../review";
import { byImportance } from "./importance";

/** One line of a report */
export interface Finding {
  /** What stands was so in base already: nobody gains it now. */
  readonly direction: "gain" | "unknown" | "undeclared" | "standing" | "ungranted" | "loss";
  /** Who gains or loses; undefined where it belongs to nobody alone */
  readonly principal?: PrincipalReview;
  readonly kind: ChangeKind | "unknown" | "combination";
  readonly what: string;
  /** The witness; of an unknown, why it could not be decided; of a combination, all its abilities */
  readonly because: string;
  readonly source: ChangeSource;
  /** Of a combination: each ability, and where it comes from */
  readonly parts?: Combination["parts"];
  readonly showing?: Showing;
}

/** Everything that a review found, the most important first, losses last; the order of the review does not matter. */
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
