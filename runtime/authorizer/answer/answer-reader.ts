import type { Outcome } from "../call/outcomes";
import type { HeaderList } from "../request/headers";

export interface AnswerHead {
  readonly status: number;
  readonly headers: HeaderList;
}

/**
 * How much of an answer's body a reader sees: nothing; all of it before the first byte goes to the agent, up to {@link
 * MOST_WHOLE_BYTES}; or each part as it passes.
 */
export type BodySight = "none" | "whole" | "parts";

/** Of an answer that is read as a whole; Envoy keeps it until it is read */
export const MOST_WHOLE_BYTES = 1_048_576;

/**
 * Reads one answer of a tool on its way to the agent: where the outcome, a list or usage stands in its body. What it throws ends the
 * answer: a Denial with its reasons, all else with `gateway.answer`.
 */
export interface AnswerReader {
  /** @throws Denial, in place of the answer */
  head(head: AnswerHead): BodySight;
  /**
   * @param body all of it
   * @returns what the agent gets in its place; undefined leaves it as it is
   * @throws Denial, in place of the answer
   */
  whole(body: Uint8Array): Uint8Array | undefined;
  /**
   * @param part of the body, cut anywhere
   * @returns what the agent gets in its place; undefined leaves it as it is
   * @throws Denial: the answer breaks off
   */
  part(part: Uint8Array, isLast: boolean): Uint8Array | undefined;
  /**
   * How the call ended, asked once, when no more of the answer comes
   *
   * @param isCut whether it broke off
   */
  outcome(isCut: boolean): Outcome;
  /** Tokens of a model, asked behind the outcome; undefined if the provider did not say how many. It never throws. */
  used?(): number | undefined;
  /** Of them, those that the model wrote; only measured, and asked behind {@link used}. It never throws. */
  written?(): number | undefined;
}
