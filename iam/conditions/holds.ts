import { isNegated, type KeyTest } from "./key-test";
import { passes } from "./passing";

/**
 * Whether `test` holds for one request.
 *
 * A plain test on several values holds if one of them passes. A key with an empty list counts as absent: so IAM treats
 * it under set operators and Null.
 *
 * @param values undefined if the key is absent
 * @returns undefined if that cannot be decided: the test is opaque, or its operator cannot compare a value
 */
export function holds(test: KeyTest, values: readonly string[] | undefined): boolean | undefined {
  if (test.type === "opaque") return undefined;
  if (values === undefined || values.length === 0) return holdsOnAbsent(test);
  if (test.type === "null") return holdsOnPresent(test);
  const verdicts = values.map((value) => passes(test, value));
  const decisive = test.quantifier !== "every";
  if (verdicts.includes(decisive)) return decisive;
  return verdicts.includes(undefined) ? undefined : !decisive;
}

/** Whether `test`, which is not opaque, holds for a request without its key. */
export function holdsOnAbsent(test: KeyTest): boolean {
  if (test.type === "null") return asksFor(test, "true");
  if (test.ifExists || test.quantifier === "every") return true;
  return test.quantifier === "one" && isNegated(test);
}

/** Whether a test of type `null` holds for a request with its key. */
export function holdsOnPresent(test: KeyTest): boolean {
  return asksFor(test, "false");
}

function asksFor(test: KeyTest, truth: "true" | "false"): boolean {
  return test.values.some((value) => value.toLowerCase() === truth);
}
