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
 * No more of the answer comes: its reader says how the call ended, and holds nothing any more. What it cannot say is not known to
 * have succeeded, and has used all that was reserved.
 */
export function endOf(answer: AnswerReader, isCut: boolean): AnswerEnd {
  try {
    return { outcome: answer.outcome(isCut), used: answer.used?.(), written: answer.written?.() };
  } catch {
    return { outcome: "unknown" };
  }
}
