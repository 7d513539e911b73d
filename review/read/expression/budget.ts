/** What one argument may cost: what refers to itself in ever larger copies ends here. */
export class Budget {
  private depth = 0;

  constructor(
    private steps = 200_000,
    private readonly deepest = 400,
  ) {}

  /** @throws TooMuch where no step is left */
  public spend(steps = 1): void {
    this.steps -= steps;
    if (this.steps < 0) throw new TooMuch();
  }

  /** @throws TooMuch where `compute` goes too deep */
  public nested<Result>(compute: () => Result): Result {
    if (this.depth >= this.deepest) throw new TooMuch();
    this.depth += 1;
    try {
      return compute();
    } finally {
      this.depth -= 1;
    }
  }
}

export class TooMuch extends Error {}
