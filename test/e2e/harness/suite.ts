/** Thrown by a check that cannot be made here; everything that needs it is skipped for the same reason. */
export class Skipped extends Error {}

export type Outcome =
  | { readonly result: "passed" }
  | { readonly result: "failed"; readonly reason: string }
  | { readonly result: "skipped"; readonly reason: string };

/** One named step. Its value is there for the checks that need it. */
export class Check<T = unknown> {
  public outcome: Outcome | undefined;
  public seconds = 0;
  public readonly notes: string[] = [];
  private value: T | undefined;

  constructor(
    public readonly name: string,
    public readonly needs: readonly Check[],
    private readonly act: (note: (text: string) => void) => T | Promise<T>,
  ) {}

  public async run(): Promise<void> {
    this.outcome = this.missing();
    if (this.outcome !== undefined) return;
    const start = performance.now();
    try {
      this.value = await this.act((text) => this.notes.push(text));
      this.outcome = { result: "passed" };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.outcome = { result: error instanceof Skipped ? "skipped" : "failed", reason };
    }
    this.seconds = (performance.now() - start) / 1000;
  }

  public read(): T {
    if (this.outcome?.result !== "passed") throw new Error(`"${this.name}" has no value: name it among what is needed`);
    return this.value as T;
  }

  private missing(): Outcome | undefined {
    const need = this.needs.find(({ outcome }) => outcome?.result !== "passed");
    if (need === undefined) return undefined;
    const { outcome } = need;
    if (outcome?.result !== "skipped") return { result: "skipped", reason: `needs "${need.name}", which failed` };
    // Down a chain of checks, the one that began it is named.
    const began = outcome.reason.startsWith("needs ") ? outcome.reason : `needs "${need.name}", which was skipped`;
    return { result: "skipped", reason: began };
  }
}

type Values<N extends readonly Check[]> = { [I in keyof N]: N[I] extends Check<infer T> ? T : never };
type Note = (text: string) => void;

/** Checks in the order they are made, and what must be put away afterwards. */
export class Suite {
  public checks: readonly Check[] = [];
  private readonly leftovers: (() => unknown)[] = [];

  constructor(public readonly name: string) {}

  /** Add a check. It gets the values of the checks it needs, and is skipped where one of them did not pass. */
  public check<T, const N extends readonly Check[]>(
    name: string,
    needs: N,
    act: (values: Values<N>, note: Note) => T | Promise<T>,
  ): Check<T> {
    const check = new Check<T>(name, needs, (note) => act(needs.map((need) => need.read()) as Values<N>, note));
    this.checks = [...this.checks, check as Check];
    return check;
  }

  /** Keep these checks and all that they need, in their order: what else was added is not run. */
  public keep(isWanted: (check: Check) => boolean): void {
    const kept = new Set<Check>();
    const add = (check: Check): void => {
      if (kept.has(check)) return;
      kept.add(check);
      check.needs.forEach(add);
    };
    this.checks.filter(isWanted).forEach(add);
    this.checks = this.checks.filter((check) => kept.has(check));
  }

  /** Register a clean-up; all run at the end, last first, also after failures. */
  public afterwards(act: () => unknown): void {
    this.leftovers.push(act);
  }

  public async putAway(): Promise<void> {
    for (let act = this.leftovers.pop(); act !== undefined; act = this.leftovers.pop()) await act();
  }
}
