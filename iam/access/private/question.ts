import { KeyValues } from "../../conditions/key-values";
import { Budget } from "../../sets/budget";
import { Glob } from "../../sets/glob";
import type { Part } from "./part-type";
import { principalExamples } from "./principals";
import type { Values } from "./reading";
import type { Rules, StatementRule } from "./rule";
import { Texts } from "./texts";

/** What holds for every search among the same policies. */
export class Question {
  public budget: Budget;
  /** Whether some `${…}` or test of the policies is not known. */
  public readonly hasUnknown: boolean;
  private readonly rules: readonly StatementRule[];
  private knownPrincipals?: Texts;
  private readonly severalValued: ReadonlySet<string>;

  /** @param steps that one search may take */
  public constructor(
    accesses: readonly Rules[],
    private readonly steps: number | undefined,
  ) {
    this.budget = new Budget(steps);
    this.rules = accesses.flatMap(({ paths, denies }) => [...denies, ...paths.flatMap(({ layers }) => layers.flat())]);
    this.hasUnknown = this.rules.some((rule) => rule.hasUnknown);
    this.severalValued = new Set(this.rules.flatMap((rule) => rule.severalValued));
  }

  public renewBudget(): void {
    this.budget = new Budget(this.steps);
  }

  /** Most policies name none. */
  private get principals(): Texts {
    this.knownPrincipals ??= Texts.of(
      principalExamples(
        this.rules
          .map(({ sourced: { statement } }) => statement.Principal ?? statement.NotPrincipal)
          .filter((principal) => principal !== undefined),
      ).map((principal) => Glob.exact(principal, "text")),
      new Budget(this.steps),
    );
    return this.knownPrincipals;
  }

  /** What the dimension of `part` may be before anything is asked of it */
  public everythingFor({ dimension, test }: Part): Values {
    if (test !== undefined) return this.severalValued.has(dimension) ? KeyValues.severalValued : KeyValues.anything;
    return dimension === "principal" ? this.principals : Texts.anything;
  }
}
