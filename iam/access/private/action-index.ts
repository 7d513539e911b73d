import type { StatementRule } from "./rule";

/** Rules by the actions that they name, because most rules are about other actions than a request's. */
export class ActionIndex {
  private readonly byAction = new Map<string, readonly StatementRule[]>();
  private readonly others: readonly StatementRule[];

  public constructor(rules: readonly StatementRule[]) {
    const named = new Map(rules.map((rule) => [rule, literalActions(rule)]));
    this.others = rules.filter((rule) => named.get(rule) === undefined);
    for (const action of new Set([...named.values()].flatMap((actions) => [...(actions ?? [])]))) {
      this.byAction.set(
        action,
        rules.filter((rule) => named.get(rule)?.has(action) ?? true),
      );
    }
  }

  /** In their order, all rules that may apply to `action`, and perhaps more. */
  public rulesFor(action: string): readonly StatementRule[] {
    return this.byAction.get(action.toLowerCase()) ?? this.others;
  }
}

/** Undefined if the rule names its actions by patterns, or those that it leaves out. */
function literalActions({ parts }: StatementRule): ReadonlySet<string> | undefined {
  const part = parts.find(({ dimension }) => dimension === "action");
  if (part === undefined || part.isNegated || !part.globs.every(({ isLiteral }) => isLiteral)) return undefined;
  return new Set(part.globs.map(({ sample }) => sample.toLowerCase()));
}
