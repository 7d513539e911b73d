import { Budget as Steps, TooComplex } from "../../../iam/sets/budget";

const STEPS = 200_000;
const DEEPEST = 400;

/** What one argument may cost: what refers to itself in ever larger copies ends here. */
export class Budget extends Steps {
  private depth = 0;

  constructor() {
    super(STEPS);
  }

  /** @throws TooComplex where `compute` goes too deep */
  public nested<Result>(compute: () => Result): Result {
    if (this.depth >= DEEPEST) throw new TooComplex();
    this.depth += 1;
    try {
      return compute();
    } finally {
      this.depth -= 1;
    }
  }
}

/** What `compute` finds, or `otherwise` where that costs too much */
export function affordable<Result>(compute: () => Result, otherwise: () => Result): Result {
  try {
    return compute();
  } catch (error) {
    if (error instanceof TooComplex) return otherwise();
    throw error;
  }
}
