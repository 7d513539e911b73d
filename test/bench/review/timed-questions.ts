import { median } from "../comparison";

/** Of many questions, in microseconds */
export interface QuestionTimes {
  readonly count: number;
  readonly median: number;
  /** Of the question that takes longest */
  readonly worst: number;
  /** Questions that are given up on */
  readonly unknown: number;
}

export interface TimedQuestion {
  readonly ask: () => unknown;
  /** Not timed: whether the answer is "unknown" */
  readonly isUnknown: () => boolean;
}

const WARM_UP = 3;
const REPEATS = 5;

/** Asks each question several times; the fastest is its time: the others met the garbage collector, or another process. */
export function timed(questions: readonly TimedQuestion[]): QuestionTimes {
  for (let round = 0; round < WARM_UP; round++) for (const { ask } of questions) ask();
  const times = questions.map(({ ask }) => Math.min(...Array.from({ length: REPEATS }, () => timeOf(ask))));
  return {
    count: questions.length,
    median: median(times),
    worst: Math.max(...times),
    unknown: questions.filter(({ isUnknown }) => isUnknown()).length,
  };
}

function timeOf(ask: () => unknown): number {
  const start = performance.now();
  ask();
  return (performance.now() - start) * 1000;
}
