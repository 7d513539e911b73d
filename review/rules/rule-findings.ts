import type { Change, ChangeKind, Unknown } from "../change";
import { FINDING_TEXT, SOME_PRINCIPAL } from "../finding-text";
import type { Combination, PrincipalReview, Review } from "../review";
import type { GuardedFile } from "./guarded-files";
import type { STANDING } from "./rules-schema";

/** A finding as rules match it */
export interface Finding {
  readonly about: "gain" | "unknown" | "file" | (typeof STANDING)[number];
  /** It was, or may have been, in base already: this pull request does not add it */
  readonly stands: boolean;
  /** The principal; undefined for a finding without a single one */
  readonly principal?: PrincipalReview;
  /** For a gain, and for a standing finding */
  readonly kind?: ChangeKind;
  /** For a combination */
  readonly code?: string;
  /** For a file */
  readonly path?: string;
  /** Text for the approver */
  readonly text: string;
}

/** All findings of a review except losses */
export function findingsOf(review: Review, files: readonly GuardedFile[]): readonly Finding[] {
  return [
    ...review.agents.flatMap(ofPrincipal),
    ...review.unknown.map((unknown) => unknownFinding(unknown)),
    ...review.undeclared.map((change) => standing("undeclared", change)),
    ...review.ungranted.map((change) => standing("ungranted", change)),
    ...files.map(fileFinding),
  ];
}

function ofPrincipal(principal: PrincipalReview): readonly Finding[] {
  return [
    ...principal.gains.map((gain) => gainOf(principal, gain)),
    ...principal.unknown.map((unknown) => unknownFinding(unknown, principal)),
    ...principal.combinations.map((combination) => combinationOf(principal, combination)),
  ];
}

function gainOf(principal: PrincipalReview, { kind, what }: Change): Finding {
  return { about: "gain", stands: false, principal, kind, text: FINDING_TEXT.gain(principal.id, kind, what) };
}

function unknownFinding({ what, why }: Unknown, principal?: PrincipalReview): Finding {
  const text = FINDING_TEXT.unknown(principal?.id ?? SOME_PRINCIPAL, what, why);
  return { about: "unknown", stands: false, ...(principal !== undefined && { principal }), text };
}

function combinationOf(principal: PrincipalReview, { code, what, isNew }: Combination): Finding {
  const text = FINDING_TEXT.combination(principal.id, isNew, `${code}: ${what}`);
  return { about: "combination", stands: !isNew, principal, code, text };
}

function standing(about: "undeclared" | "ungranted", { kind, what }: Change): Finding {
  return { about, stands: true, kind, text: FINDING_TEXT[about](kind, what) };
}

function fileFinding({ path, unknown: { what, why } }: GuardedFile): Finding {
  return { about: "file", stands: false, path, text: `${what}: ${why}` };
}
