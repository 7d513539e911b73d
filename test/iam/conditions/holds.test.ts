import type { Condition } from "../../../iam";
import { holds } from "../../../iam/conditions/holds";
import { keyTests } from "../../../iam/conditions/key-test";
import CASES from "../../cases/iam-conditions.json";

interface Case {
  readonly name: string;
  readonly condition: Condition;
  readonly values: readonly string[] | null;
  readonly expected: boolean | "unknown";
}

/** All tests of a condition on one key, as a statement reads them. */
function holdsAll(condition: Condition, values: readonly string[] | undefined): boolean | undefined {
  const verdicts = keyTests(condition).map((each) => holds(each, values));
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

// Sources: IAM user guide, reference_policies_elements_condition_operators,
// reference_policies_condition-single-vs-multi-valued-context-keys and reference_policies_variables.
test.each((CASES as readonly Case[]).map((each) => [each.name, each] as const))(
  "%s",
  (_, { condition, values, expected }) => {
    expect(holdsAll(condition, values ?? undefined) ?? "unknown").toBe(expected);
  },
);

test("a malformed value of a policy never decides anything", () => {
  const opaque = (CASES as readonly Case[]).filter(({ name }) => name.startsWith("fails closed"));
  expect(opaque.length).toBeGreaterThan(40);
  for (const { condition } of opaque) {
    const values = [undefined, [], ["a"], ["5"], ["true"], ["10.0.0.1"], ["2026-01-01"], ["a", "b"]];
    for (const test of keyTests(condition)) {
      expect(values.map((each) => holds(test, each))).toEqual(values.map(() => undefined));
    }
  }
});
