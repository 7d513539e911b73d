import type { Outcome } from "../call/outcomes";
import type { AnswerReader } from "./answer-reader";

export interface AnswerEnd {
  readonly outcome: Outcome;
  /** Tokens of a model */
  readonly used?: number | undefined;
  /** Of them, those that the model wrote */
  readonly written?: number | undefined;
}

/**
 * The answer has ended: its reader says how the call ended, and releases its memory. A call whose outcome the reader
 * cannot tell counts as not known to have succeeded, and as having used all of its reservation.
 */
export function endOf(answer: AnswerReader, isCut: boolean): AnswerEnd {
  try {
    return { outcome: answer.outcome(isCut), used: answer.used?.(), written: answer.written?.() };
  } catch {
    return { outcome: "unknown" };
  }
}
