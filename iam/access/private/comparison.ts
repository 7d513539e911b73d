import { Box, type Claim } from "./box";
import type { Candidate } from "./candidates";
import type { Pattern } from "./patterns";
import { Question } from "./question";
import { type Rules, ruleWith, type StatementRule } from "./rule";
import { type Goal, search } from "./search";
import { type Finding, witnessOf } from "./witness";

const applying = (rules: readonly StatementRule[], applies: boolean): readonly Claim[] =>
  rules.map((rule) => ({ rule, applies }));

/** Two accesses, and what is asked of them. */
export class Comparison {
  private readonly question: Question;
  private readonly certain: Box;
  private readonly possible: Box;
  /** Of requests that `base` does not allow and no Deny of `head` forbids */
  private readonly goals: readonly Goal[];

  public constructor(base: Rules, head: Rules, steps: number | undefined) {
    this.question = new Question([base, head], steps);
    this.certain = Box.everything(this.question, true);
    this.possible = Box.everything(this.question, false);
    const denied = applying(base.denies, true).map((claim) => [claim]);
    const allowing = base.paths.filter(({ layers }) => layers.length > 0);
    this.goals = [
      ...applying(head.denies, false).map((claim): Goal => [[claim]]),
      ...allowing.map(({ layers }): Goal => [...layers.map((layer) => applying(layer, false)), ...denied]),
    ];
  }

  /** A request by which `rule` lets through what was not let through before, and which all of `patterns` match. */
  public find({ path, rule }: Candidate, patterns: readonly Pattern[]): Finding | undefined {
    this.question.renewBudget();
    const parts = patterns.map(({ part }) => part).filter((part) => part !== undefined);
    const [, ...others] = path.layers;
    const goals: readonly Goal[] = [
      [[{ rule, applies: true }]],
      ...parts.map((part): Goal => [[{ rule: ruleWith([part]), applies: true }]]),
      ...others.map((layer): Goal => applying(layer, true).map((claim) => [claim])),
      ...this.goals,
    ];
    const { budget, hasUnknown } = this.question;
    const box = search(this.certain, goals, budget) ?? (hasUnknown ? search(this.possible, goals, budget) : undefined);
    const namesPrincipal = rule.parts.some(({ dimension }) => dimension === "principal");
    return box && witnessOf(box, namesPrincipal, budget);
  }
}
