import type { Change, ChangeKind, Unknown } from "../change";
import { FINDING_TEXT, SOMEBODY } from "../finding-text";
import type { Combination, PrincipalReview, Review } from "../review";
import type { GuardedFile } from "./guarded-files";
import type { STANDING } from "./rules-schema";

/** What a rule can take */
export interface Finding {
  readonly about: "gain" | "unknown" | "file" | (typeof STANDING)[number];
  /** It stood in base already, or may have: this pull request does not add it */
  readonly stands: boolean;
  /** The principal; undefined where it belongs to no single one */
  readonly principal?: PrincipalReview;
  /** Of a gain, and of what stands */
  readonly kind?: ChangeKind;
  /** Of a combination */
  readonly code?: string;
  /** Of a file */
  readonly path?: string;
  /** In words, for the approver */
  readonly text: string;
}

/** Everything of a review but losses */
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
  const text = FINDING_TEXT.unknown(principal?.id ?? SOMEBODY, what, why);
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
