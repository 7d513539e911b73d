import type { AccessRequest } from "../access";
import { Box, type Claim } from "./box";
import type { Pattern } from "./patterns";
import { Question } from "./question";
import { type Rules, type RulePath, ruleWith, type StatementRule } from "./rule";
import { type Goal, search } from "./search";
import { witnessOf } from "./witness";

export interface Finding {
  readonly witness: AccessRequest;
  readonly certain: boolean;
  readonly unknown: readonly string[];
}

const applying = (rules: readonly StatementRule[], applies: boolean): readonly Claim[] =>
  rules.map((rule) => ({ rule, applies }));

/** Two accesses, and what is asked of them. */
export class Comparison {
  private readonly question: Question;
  private readonly certain: Box;
  private readonly possible: Box;
  /** Of requests that `base` does not allow and no Deny of `head` forbids */
  private readonly goals: readonly Goal[];

  public constructor(
    private readonly base: Rules,
    public readonly head: Rules,
    steps: number | undefined,
  ) {
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

  /** The Allows of each path's first layer that may let through more than before. */
  public get questions(): readonly { readonly path: number; readonly rule: StatementRule }[] {
    return this.head.paths.flatMap((path, index) => {
      const [first = []] = path.layers;
      const known = this.knownIn(path);
      return first.filter(({ text }) => !known.has(text)).map((rule) => ({ path: index, rule }));
    });
  }

  /** A request by which `rule` lets through what was not let through before, and which all of `patterns` match. */
  public find(path: number, rule: StatementRule, patterns: readonly Pattern[]): Finding | undefined {
    this.question.renewBudget();
    const parts = patterns.map(({ part }) => part).filter((part) => part !== undefined);
    const [, ...others] = (this.head.paths[path] as RulePath).layers;
    const goals: readonly Goal[] = [
      [[{ rule, applies: true }]],
      ...parts.map((part): Goal => [[{ rule: ruleWith([part]), applies: true }]]),
      ...others.map((layer): Goal => applying(layer, true).map((claim) => [claim])),
      ...this.goals,
    ];
    const { budget, hasUnknown } = this.question;
    const certain = search(this.certain, goals, budget);
    if (certain !== undefined) return witnessOf(certain, budget);
    const possible = hasUnknown ? search(this.possible, goals, budget) : undefined;
    return possible && witnessOf(possible, budget);
  }

  /**
   * Texts of the Allows that let through no more in `path` than they did: they stood in a path whose other layers let
   * through as much, and what was forbidden still is.
   */
  private knownIn({ layers }: RulePath): ReadonlySet<string> {
    if (!isSubset(this.base.denies, this.head.denies)) return new Set();
    const [, ...others] = layers;
    const asWide = this.base.paths.filter(
      (path) =>
        path.layers.length === layers.length &&
        others.every((layer, index) => isSubset(layer, path.layers[index + 1] as readonly StatementRule[])),
    );
    return new Set(asWide.flatMap((path) => path.layers[0] ?? []).map(({ text }) => text));
  }
}

function isSubset(some: readonly StatementRule[], others: readonly StatementRule[]): boolean {
  const texts = new Set(others.map(({ text }) => text));
  return some.every(({ text }) => texts.has(text));
}
