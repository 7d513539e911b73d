/** A step that hangs leaves time to the others. */
export const STEP_MINUTES = 40;

/** One line of the table that `.ci/run` prints. */
export interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /**
   * Steps that must have passed before.
   *
   * @default - none
   */
  readonly needs?: readonly string[];
  /**
   * Cores that it keeps busy: steps run side by side as long as their sum is at most what the machine has.
   *
   * @default 1
   */
  readonly cores?: number;
  /**
   * Minutes after which it is stopped and has failed, so that a step that hangs still leaves a table.
   *
   * @default {@link STEP_MINUTES}
   */
  readonly minutes?: number;
  /**
   * Whether it is tried a second time where it failed beside others, with nothing beside it.
   *
   * @default false
   */
  readonly againAlone?: boolean;
}

export interface Outcome {
  readonly result: "passed" | "failed" | "skipped";
  /** On the clock */
  readonly seconds: number;
  /** Of the processor, user and system, children included */
  readonly cpuSeconds: number;
  /** What it printed, or why it was skipped */
  readonly output: string;
  /** Whether it failed because its minutes were over */
  readonly isLate?: boolean;
}

/** A step that has an outcome */
export interface Done extends Outcome {
  readonly step: Step;
  /** How it ended beside others, where it was tried again alone */
  readonly before?: Outcome;
}
