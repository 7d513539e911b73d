import type { AccessRequest } from "../access";
import { Box, type Claim } from "./box";
import type { Candidate } from "./candidates";
import type { Pattern } from "./patterns";
import { Question } from "./question";
import { type Rule, ruleApplies, type RulePath, type Rules, ruleWith, type StatementRule } from "./rule";
import { type Goal, goalOf } from "./goal";
import { search, type Start } from "./search";
import { type Finding, witnessOf } from "./witness";

const applying = (rules: readonly StatementRule[], applies: boolean): readonly Claim[] =>
  rules.map((rule) => ({ rule, applies }));

/** Whether `request` is let through by `rule` for certain. */
function isLetThrough({ denies }: Rules, { path, rule }: Candidate, request: AccessRequest): boolean {
  const holds = (one: Rule): boolean => ruleApplies(one, request) === true;
  const [, ...others] = path.layers;
  return (
    holds(rule) &&
    others.every((layer) => layer.some(holds)) &&
    denies.every((deny) => ruleApplies(deny, request) === false)
  );
}

/** Whether `request` is not allowed for certain. */
export function isForbidden({ paths, denies }: Rules, request: AccessRequest): boolean {
  const fails = (one: Rule): boolean => ruleApplies(one, request) === false;
  return (
    paths.every(({ layers }) => layers.length === 0 || layers.some((layer) => layer.every(fails))) ||
    denies.some((deny) => ruleApplies(deny, request) === true)
  );
}

/** Two accesses, and what is asked of them. */
export class Comparison {
  private readonly base: Rules;
  private readonly head: Rules;
  private readonly question: Question;
  private readonly certain: Start;
  private readonly possible: Start;
  /** Of requests that `base` does not allow and no Deny of `head` forbids */
  private readonly goals: readonly Goal[];
  /** By path: that its further layers allow a request */
  private readonly further = new Map<RulePath, readonly Goal[]>();

  public constructor(base: Rules, head: Rules, steps: number | undefined) {
    this.base = base;
    this.head = head;
    this.question = new Question([base, head], steps);
    this.certain = { box: Box.everything(this.question, true), standings: new Map() };
    this.possible = { box: Box.everything(this.question, false), standings: new Map() };
    const denied = applying(base.denies, true).map((claim) => [claim]);
    const allowing = base.paths.filter(({ layers }) => layers.length > 0);
    this.goals = [
      ...applying(head.denies, false).map((claim) => goalOf([[claim]])),
      ...allowing.map(({ layers }) => goalOf([...layers.map((layer) => applying(layer, false)), ...denied])),
    ];
  }

  /** Whether `candidate` certainly lets through this request, which was not let through before. */
  public isShownBy(candidate: Candidate, request: AccessRequest): boolean {
    return isLetThrough(this.head, candidate, request) && isForbidden(this.base, request);
  }

  /** A request by which `rule` lets through what was not let through before, and which all of `patterns` match. */
  public find({ path, rule }: Candidate, patterns: readonly Pattern[]): Finding | undefined {
    this.question.renewBudget();
    const parts = patterns.map(({ part }) => part).filter((part) => part !== undefined);
    const goals: readonly Goal[] = [
      goalOf([[{ rule, applies: true }]]),
      ...parts.map((part) => goalOf([[{ rule: ruleWith([part]), applies: true }]])),
      ...this.furtherOf(path),
      ...this.goals,
    ];
    const { budget, hasUnknown } = this.question;
    const box = search(this.certain, goals, budget) ?? (hasUnknown ? search(this.possible, goals, budget) : undefined);
    const namesPrincipal = rule.parts.some(({ dimension }) => dimension === "principal");
    return box && witnessOf(box, namesPrincipal, budget);
  }

  private furtherOf(path: RulePath): readonly Goal[] {
    const [, ...others] = path.layers;
    const known =
      this.further.get(path) ?? others.map((layer) => goalOf(applying(layer, true).map((claim) => [claim])));
    this.further.set(path, known);
    return known;
  }
}
