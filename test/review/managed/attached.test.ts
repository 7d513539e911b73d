import { managedStatements, isOfAws, managedPolicies } from "../../../review/reach/aws/managed/managed-policies";
import { PolicyTexts } from "../../../review/reach/aws/policy-texts";

const attached = (arn: string) => managedStatements(arn, "agents/aws_iam_role_policy_attachment.x", new PolicyTexts());

test("there are as many as AWS has, each by its ARN with a version and a day", () => {
  const { byArn, date } = managedPolicies();
  expect(byArn.size).toBeGreaterThan(1500);
  for (const [arn, policy] of byArn) {
    expect(arn).toMatch(/^arn:aws:iam::aws:policy\/(?:[\w-]+\/)*[\w+=,.@-]+$/);
    expect(arn.endsWith(`/${policy.name}`)).toBe(true);
    expect(policy.version).toMatch(/^v\d+$/);
    expect(policy.date).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(policy.date <= date).toBe(true);
  }
});

test("a policy that is known says what it says, and which version that is", () => {
  expect(attached("arn:aws:iam::aws:policy/AdministratorAccess")).toEqual({
    statements: [
      {
        statement: { Effect: "Allow", Action: "*", Resource: "*" },
        source: "agents/aws_iam_role_policy_attachment.x",
        policy: "AWS's AdministratorAccess as of v1, 2015-02-06",
      },
    ],
    unknown: [],
  });
});

test.each([
  ["of an unknown name", "arn:aws:iam::aws:policy/NoSuchAccess", "not among the policies"],
  ["without its path", "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole", "not among the policies"],
  ["in another case", "arn:aws:iam::aws:policy/administratoraccess", "not among the policies"],
  ["of no name", "arn:aws:iam::aws:policy/", "not among the policies"],
  ["called like a property of every object", "arn:aws:iam::aws:policy/__proto__", "not among the policies"],
  ["with what comes behind it", "arn:aws:iam::aws:policy/AdministratorAccess\n", "not among the policies"],
  ["of which a part is known later", "arn:aws:iam::aws:policy/${var.access}", "not among the policies"],
  ["that is long", `arn:aws:iam::aws:policy/${"x".repeat(1_000_000)}`, "not among the policies"],
  ["of China", "arn:aws-cn:iam::aws:policy/AdministratorAccess", 'known for the partition "aws" only'],
  ["of GovCloud", "arn:aws-us-gov:iam::aws:policy/AdministratorAccess", 'known for the partition "aws" only'],
  [
    "of a partition that is known later",
    "arn:${x}:iam::aws:policy/ReadOnlyAccess",
    'known for the partition "aws" only',
  ],
  ["of no partition", "arn::iam::aws:policy/ReadOnlyAccess", 'known for the partition "aws" only'],
])("a policy of AWS %s is unknown", (_, arn, why) => {
  expect(isOfAws(arn)).toBe(true);
  const { statements, unknown } = attached(arn);
  expect(statements).toEqual([]);
  expect(unknown).toEqual([
    {
      what: `the policy ${arn}`,
      why: expect.stringContaining(why) as string,
      source: { address: "agents/aws_iam_role_policy_attachment.x" },
      mayDeny: true,
    },
  ]);
});

test.each([
  "arn:aws:iam::111122223333:policy/ReadOnlyAccess",
  "arn:aws:iam::aws:role/ReadOnlyAccess",
  "ReadOnlyAccess",
  " arn:aws:iam::aws:policy/ReadOnlyAccess",
  "${aws_iam_policy.x.arn}",
])("%s is none of AWS's", (arn) => {
  expect(isOfAws(arn)).toBe(false);
});
