import type { ChangeKind } from "./change";

/**
 * The text of each finding: a clause without a capital and without a full stop. Names and texts are given as the report
 * shows them, quoted or not; findings without a principal name `a principal`.
 */
export const FINDING_TEXT = {
  gain: (who: string, kind: ChangeKind, what: string) => `${who} gains ${kind}: ${what}`,
  loss: (who: string, kind: ChangeKind, what: string) => `${who} loses ${kind}: ${what}`,
  unknown: (who: string, what: string, why: string) => `what ${who} gains cannot be decided: ${what}, because ${why}`,
  /** @param what code and text of the combination */
  combination: (who: string, isNew: boolean, what: string) =>
    `${who} ${isNew ? "gains" : "has"} a combination, ${what}`,
  undeclared: (kind: ChangeKind, what: string) => `no declaration explains ${kind}: ${what}`,
  ungranted: (kind: ChangeKind, what: string) => `${kind} is declared, but not granted: ${what}`,
} as const;

export const SOME_PRINCIPAL = "a principal";
