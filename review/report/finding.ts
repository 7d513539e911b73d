import type { ChangeKind, ChangeSource, Presentation } from "../change";
import type { Combination, PrincipalReview } from "../review";
import { FINDING_TEXT, SOME_PRINCIPAL } from "../finding-text";
import { capital, type Quote } from "./text-parts";

/** One line of a report */
export interface Finding {
  /** `standing`: already true in base, so not a gain */
  readonly direction: "gain" | "unknown" | "undeclared" | "standing" | "ungranted" | "loss";
  /** Who gains or loses; undefined for a finding without a single principal */
  readonly principal?: PrincipalReview;
  readonly kind: ChangeKind | "unknown" | "combination";
  readonly what: string;
  /** The witness; for an unknown, why it is undecided; for a combination, all its abilities */
  readonly because: string;
  readonly source: ChangeSource;
  /** For a combination: each ability with its source */
  readonly parts?: Combination["parts"];
  readonly showing?: Presentation;
}

/** A finding in words, as a clause without a capital and without a full stop */
export function sentence({ direction, principal, kind, what, because }: Finding, quoted: Quote): string {
  const who = principal === undefined ? SOME_PRINCIPAL : quoted(principal.id);
  if (kind === "combination") return FINDING_TEXT.combination(who, direction === "gain", quoted(what));
  if (kind === "unknown") return FINDING_TEXT.unknown(who, quoted(what), quoted(because));
  if (direction === "undeclared" || direction === "ungranted") return FINDING_TEXT[direction](kind, quoted(what));
  return FINDING_TEXT[direction === "loss" ? "loss" : "gain"](who, kind, quoted(what));
}

/** The same at the start of a sentence: a name keeps its case. */
export function sentenceBegun(finding: Finding, quoted: Quote): string {
  const text = sentence(finding, quoted);
  const { direction } = finding;
  return direction === "unknown" || direction === "undeclared" || direction === "ungranted" ? capital(text) : text;
}
