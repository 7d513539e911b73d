import { type Outcome, type Step, STEP_MINUTES } from "./step";

/** `.ci/run` is cut at 90 minutes, and then says nothing at all of what has failed. */
export const CI_MINUTES = 85;
const OVER = `not begun: the ${CI_MINUTES} minutes of CI are over`;

/**
 * Runs steps within one time: what still runs at its end is stopped and has failed, and so has what has not begun.
 *
 * @param now milliseconds since CI began
 */
export function withinTime(run: (step: Step) => Promise<Outcome>, now: () => number): (step: Step) => Promise<Outcome> {
  return (step) => {
    const left = CI_MINUTES - now() / 60_000;
    if (left <= 0) return Promise.resolve({ result: "failed", seconds: 0, cpuSeconds: 0, output: OVER, isLate: true });
    return run({ ...step, minutes: Math.min(step.minutes ?? STEP_MINUTES, left) });
  };
}
