import { KeyValues } from "../../conditions/key-values";
import { Budget } from "../../sets/budget";
import { Glob } from "../../sets/glob";
import type { Part } from "./part";
import { principalExamples } from "./principals";
import type { Values } from "./reading";
import type { Rules } from "./rule";
import { Texts } from "./texts";

/** What holds for every search among the same policies. */
export class Question {
  public budget: Budget;
  /** Whether some `${…}` or test of the policies is not known. */
  public readonly hasUnknown: boolean;
  private readonly principals: Texts;
  private readonly severalValued: ReadonlySet<string>;

  /** @param steps that one search may take */
  public constructor(
    accesses: readonly Rules[],
    private readonly steps: number | undefined,
  ) {
    this.budget = new Budget(steps);
    const rules = accesses.flatMap(({ paths, denies }) => [...denies, ...paths.flatMap(({ layers }) => layers.flat())]);
    const parts = rules.flatMap((rule) => rule.parts);
    this.hasUnknown = parts.some(({ reading, widest }) => reading === undefined || widest !== undefined);
    this.severalValued = new Set(
      parts.filter(({ test }) => test !== undefined && test.quantifier !== "one").map(({ dimension }) => dimension),
    );
    const principals = rules
      .map(({ sourced: { statement } }) => statement.Principal ?? statement.NotPrincipal)
      .filter((principal) => principal !== undefined);
    this.principals = Texts.of(
      principalExamples(principals).map((principal) => Glob.exact(principal, "text")),
      this.budget,
    );
  }

  public renewBudget(): void {
    this.budget = new Budget(this.steps);
  }

  /** What the dimension of `part` may be before anything is asked of it */
  public everythingFor({ dimension, test }: Part): Values {
    if (test !== undefined) return this.severalValued.has(dimension) ? KeyValues.severalValued : KeyValues.anything;
    return dimension === "principal" ? this.principals : Texts.anything;
  }
}
