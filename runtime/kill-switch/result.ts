/** What the kill switch does: each by itself, so that one that fails holds no other up */
export const STEPS = ["exchange", "aws", "kill-list"] as const;
export type StepName = (typeof STEPS)[number];

/** What came of one step */
export interface StepResult {
  readonly step: StepName;
  /** `not needed`: the agent has nothing there, or the target is not an agent */
  readonly outcome: "done" | "failed" | "not needed";
  /** How often it was tried */
  readonly tries: number;
  /** One sentence: what was done, or why not */
  readonly what: string;
}

/** One path on which something still works, and for how many seconds from the stop at most */
export interface StillWorks {
  readonly path: string;
  readonly seconds: number;
  readonly because: string;
}

export interface KillResult {
  readonly steps: readonly StepResult[];
  /** Of an agent, where the exchange has told it */
  readonly horizon?: readonly StillWorks[];
}

/** Whether all of it is done, or needed not to be */
export function isDone({ steps }: Pick<KillResult, "steps">): boolean {
  return steps.every(({ outcome }) => outcome !== "failed");
}
