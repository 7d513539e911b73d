/** One string or several; IAM reads both the same way. */
export type OneOrMany = string | readonly string[];

/** Operator, then condition key, then the values: all operators and keys must hold, any value will do. */
export type Condition = Readonly<Record<string, Readonly<Record<string, OneOrMany>>>>;

/** Source: IAM user guide, reference_policies_elements_condition_operators. */
const BASES = [
  ...["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"],
  ...["StringLike", "StringNotLike", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress"],
  ...["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"],
  ...["Numeric", "Date"].flatMap((type) =>
    ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"].map(
      (test) => `${type}${test}`,
    ),
  ),
];

const OPERATORS: ReadonlySet<string> = new Set([
  "Null",
  ...["", "ForAllValues:", "ForAnyValue:"].flatMap((set) =>
    BASES.flatMap((base) => [`${set}${base}`, `${set}${base}IfExists`]),
  ),
]);

/** Whether IAM knows `operator`, set prefix (`ForAllValues:`) and `IfExists` included; exact case. */
export function isConditionOperator(operator: string): boolean {
  return OPERATORS.has(operator);
}

/**
 * The condition that holds exactly where all of `conditions` hold.
 *
 * @throws if two of them test the same key with the same operator: IAM has no way to write "and" there
 */
export function allOf(...conditions: readonly Condition[]): Condition {
  const merged = new Map<string, Map<string, OneOrMany>>();
  for (const condition of conditions) {
    for (const [operator, tests] of Object.entries(condition)) {
      const known = merged.get(operator) ?? new Map<string, OneOrMany>();
      merged.set(operator, known);
      for (const [key, values] of Object.entries(tests)) {
        if ([...known.keys()].some((other) => other.toLowerCase() === key.toLowerCase())) {
          throw new Error(
            `${operator} tests ${key} twice, got ${JSON.stringify([known.get(key), values])}: test it once`,
          );
        }
        known.set(key, values);
      }
    }
  }
  return Object.fromEntries([...merged].map(([operator, tests]) => [operator, Object.fromEntries(tests)]));
}
