import type { Condition, Statement } from "../../iam";
import { valuesOf } from "../../iam";

/** One test of a condition: all of them must hold */
export interface ConditionTest {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** The tests of a condition on a key; names of keys have no case */
export function testsOf(condition: Condition | undefined, key: RegExp): readonly ConditionTest[] {
  return Object.entries(condition ?? {}).flatMap(([operator, tests]) =>
    Object.entries(tests).flatMap(([name, values]) =>
      key.test(name) ? [{ operator, key: name, values: valuesOf(values) }] : [],
    ),
  );
}

/**
 * Operators that hold only where the key is there, and has one of the values.
 *
 * `…IfExists`, `ForAllValues:` and the negated ones also hold without the key.
 */
const NARROWING = /^(?:ForAnyValue:)?(?:String(?:Equals|EqualsIgnoreCase|Like)|Arn(?:Equals|Like))$/;

/**
 * Whether a statement holds for some values of the key alone: it tests it, and no value is a mere wildcard.
 *
 * @param tooWide values that narrow nothing; `*` by default
 */
export function isNarrowedBy(statement: Statement, key: RegExp, tooWide = /^[*?]*$/): boolean {
  return testsOf(statement.Condition, key).some(
    ({ operator, values }) =>
      NARROWING.test(operator) && values.length > 0 && !values.some((value) => tooWide.test(value)),
  );
}
