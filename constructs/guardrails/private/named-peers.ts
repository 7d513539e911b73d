import { type BlockBody, blocksOf, textOf } from "../value";

/** What each namespace has */
export const ON_EACH_NAMESPACE = /^kubernetes\.io\/metadata\.name$/;

/**
 * Whether a selector names nothing that it selects: it is empty, leaves out by its expressions alone, or asks for a label that all have.
 *
 * @param onEach labels that all have
 * @throws UndecidedValue for an expression that is known at apply only
 */
export function namesNone(selector: BlockBody, onEach: RegExp, at: string): boolean {
  for (const key of ["match_labels", "matchLabels"]) {
    const labels = selector[key] ?? null;
    if (labels !== null && (typeof labels !== "object" || Object.keys(labels).length > 0)) return false;
  }
  return expressionsOf(selector, at).every(
    ({ key, operator }) =>
      operator === "NotIn" || operator === "DoesNotExist" || (operator === "Exists" && onEach.test(key)),
  );
}

interface Expression {
  readonly key: string;
  readonly operator: string;
}

export function expressionsOf(selector: BlockBody, at: string): readonly Expression[] {
  return ["match_expressions", "matchExpressions"].flatMap((name) =>
    blocksOf(selector, name, `${at}.${name}`).map((each) => ({
      key: textOf(each, "key", `${at}.${name}.key`) ?? "",
      operator: textOf(each, "operator", `${at}.${name}.operator`) ?? "",
    })),
  );
}
