import { parsePolicy, type Statement } from "../../../iam";
import { managedPolicies } from "../../../review/reach/aws/managed/managed-policies";

type Written = Readonly<Record<string, unknown>>;

/** One value like a list of one, in any order and without repeats; keys in any order */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return [...new Set(value.map(String))].sort();
  if (typeof value !== "object" || value === null) return [String(value)];
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, plain(each)]));
}

const statementsIn = (json: string): readonly Written[] => {
  const { Statement: written } = JSON.parse(json) as { readonly Statement: Written | readonly Written[] };
  return Array.isArray(written) ? (written as readonly Written[]) : [written as Written];
};

test("each of AWS's policies is read, and nothing of it is lost", () => {
  const refused: string[] = [];
  const lost: string[] = [];
  let statements = 0;
  const { byArn, date } = managedPolicies();
  for (const [arn, { json }] of byArn) {
    try {
      const read: readonly Statement[] = parsePolicy(json).statements;
      statements += read.length;
      if (JSON.stringify(read.map(plain)) !== JSON.stringify(statementsIn(json).map(plain))) lost.push(arn);
    } catch (error) {
      refused.push(`${arn}: ${(error as Error).message}`);
    }
  }
  process.stdout.write(
    `AWS's policies on ${date}: ${byArn.size} read with ${statements} statements, ${refused.length} refused\n`,
  );
  expect({ refused, lost }).toEqual({ refused: [], lost: [] });
  expect(byArn.size).toBeGreaterThan(1500);
});
