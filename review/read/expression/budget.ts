import { Budget as Steps, TooComplex } from "../../../iam/sets/budget";

const STEPS = 200_000;
const DEEPEST = 400;

/** Limit for the cost of one argument: ends arguments that refer to themselves in ever larger copies. */
export class Budget extends Steps {
  private depth = 0;

  constructor() {
    super(STEPS);
  }

  /** @throws TooComplex if `compute` nests too deep */
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

/** The result of `compute`, or of `otherwise` if that costs too much */
export function affordable<Result>(compute: () => Result, otherwise: () => Result): Result {
  try {
    return compute();
  } catch (error) {
    if (error instanceof TooComplex) return otherwise();
    throw error;
  }
}
