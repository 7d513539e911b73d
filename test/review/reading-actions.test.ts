import { valuesOf, type Statement } from "../../iam";
import { managedPolicies } from "../../review/reach/aws/managed/managed-policies";
import { onlyReads } from "../../review/reading-actions";
import cases from "../cases/review/reading-actions.json";

test.each(cases.map(({ action, reads }) => [action, reads] as const))("%j only reads: %s", (action, reads) => {
  expect(onlyReads(action)).toBe(reads);
});

/** Actions that policies of AWS allow */
function allowedBy(name: string): readonly string[] {
  const { json } = managedPolicies().byArn.get(`arn:aws:iam::aws:policy/${name}`) ?? { json: '{"Statement":[]}' };
  const { Statement: statements } = JSON.parse(json) as { Statement: readonly Statement[] };
  return statements.flatMap(({ Effect, Action }) =>
    Effect === "Allow" && Action !== undefined ? valuesOf(Action) : [],
  );
}

test("nearly all that AWS calls read-only is", () => {
  const all = [...new Set(["ReadOnlyAccess", "SecurityAudit"].flatMap(allowedBy))];
  expect(all.length).toBeGreaterThan(1_000);
  expect(all.filter(onlyReads).length / all.length).toBeGreaterThan(0.95);
});
