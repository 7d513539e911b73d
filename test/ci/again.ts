import type { Done, Outcome, Step } from "./step";

/** The load of neighbours does not explain more failures than these. */
export const MOST_AGAIN = 6;

/**
 * Tries what failed beside others a second time, one at a time: a suite of real programs may have met the load of its
 * neighbours, and what fails alone too has failed. Both outcomes are told. One that was stopped for its time is not tried again.
 *
 * @returns all steps, in their order
 */
export async function againAlone(
  done: readonly Done[],
  run: (step: Step) => Promise<Outcome>,
  tell: (done: Done) => void,
): Promise<readonly Done[]> {
  const failed = done.filter(({ result }) => result === "failed");
  if (failed.length > MOST_AGAIN) return done;
  const again = new Map<string, Done>();
  for (const before of failed.filter(({ step, isLate }) => step.againAlone && !isLate)) {
    const ended = { step: before.step, ...(await run(before.step)), before };
    again.set(before.step.name, ended);
    tell(ended);
  }
  return done.map((each) => again.get(each.step.name) ?? each);
}
