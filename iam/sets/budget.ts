/** Thrown where deciding would take too many steps: the answer is unknown. */
export class TooComplex extends Error {
  public override readonly name = "TooComplex";
}

const DEFAULT_STEPS = 50_000;

/** Steps that one question may take, so that no input makes a caller wait long. */
export class Budget {
  private left: number;

  /** @default 50,000 steps: some ten milliseconds */
  public constructor(private readonly steps: number = DEFAULT_STEPS) {
    if (!Number.isSafeInteger(steps) || steps < 0) {
      throw new Error(`a budget must be a whole number of steps, got ${steps}`);
    }
    this.left = steps;
  }

  /** Steps that were taken so far */
  public get spent(): number {
    return this.steps - this.left;
  }

  /** @throws TooComplex if fewer than `steps` are left; from then on, always */
  public spend(steps: number = 1): void {
    this.left -= steps;
    if (this.left < 0) throw new TooComplex(`deciding takes more than ${this.steps} steps`);
  }
}
