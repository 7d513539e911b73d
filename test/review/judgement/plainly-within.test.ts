import fc from "fast-check";
import type { Statement } from "../../../iam";
import { difference } from "../../../iam/access/difference";
import { isPlainlyWithin } from "../../../review/judgement/undeclared/undeclared-access";
import "../../support/depth";

const READ: Statement = {
  Effect: "Allow",
  Action: ["s3:GetObject", "s3:ListBucket"],
  Resource: ["arn:aws:s3:::a/*", "b"],
};
const TAGGED: Statement = { ...READ, Condition: { StringEquals: { "aws:PrincipalTag/user": ["x", "y"] } } };

describe("what is plainly within", () => {
  it.each<[string, readonly Statement[], readonly Statement[]]>([
    ["nothing", [], []],
    ["the same", [READ], [READ]],
    ["one of the actions, on one of the resources", [{ ...READ, Action: "s3:GetObject", Resource: "b" }], [READ]],
    ["the same under one more condition", [TAGGED], [READ]],
    ["the same condition, its values in another order", [TAGGED], [reordered()]],
    ["each action by a statement of its own", [READ], [of("s3:GetObject"), of("s3:ListBucket")]],
    ["a Deny", [{ ...READ, Effect: "Deny" }], []],
  ])("%s is", (_, some, others) => expect(isPlainlyWithin(some, others)).toBe(true));

  it.each<[string, readonly Statement[], readonly Statement[]]>([
    ["anything in nothing", [READ], []],
    ["another action", [of("s3:PutObject")], [READ]],
    ["another resource", [{ ...READ, Resource: "c" }], [READ]],
    ["the same without the condition", [READ], [TAGGED]],
    [
      "other values of the condition",
      [{ ...TAGGED, Condition: { StringEquals: { "aws:PrincipalTag/user": "z" } } }],
      [TAGGED],
    ],
    ["what a Deny takes away", [READ], [READ, { ...READ, Effect: "Deny" }]],
    ["what others but principals have", [READ], [{ ...READ, Principal: { AWS: "111122223333" } }]],
    ["all but an action", [{ Effect: "Allow", NotAction: "iam:*", Resource: "b" }], [READ]],
    ["all but a resource", [{ Effect: "Allow", Action: "s3:GetObject", NotResource: "b" }], [READ]],
    ["a value that is known after apply", [{ ...READ, Resource: "${bucket}" }], [{ ...READ, Resource: "${bucket}" }]],
  ])("%s is not", (_, some, others) => expect(isPlainlyWithin(some, others)).toBe(false));

  it("is never more than what is compared exactly", () => {
    const some = (values: readonly string[]) => fc.subarray([...values], { minLength: 1 });
    const condition = fc.option(
      some(["x", "y"]).map((values) => ({ StringLike: { "aws:PrincipalTag/user": values } })),
      { nil: undefined },
    );
    const statement = fc
      .record({ Action: some(["s3:GetObject", "s3:Get*"]), Resource: some(["a", "a*"]), condition })
      .map(({ condition, ...rest }): Statement => ({
        Effect: "Allow",
        ...rest,
        ...(condition !== undefined && { Condition: condition }),
      }));
    const statements = fc.array(statement, { maxLength: 3 });
    fc.assert(
      fc.property(statements, statements, (narrow, wide) => {
        fc.pre(isPlainlyWithin(narrow, wide));
        const { gained, undecided } = difference(accessOf(wide), accessOf(narrow));
        expect([...gained, ...undecided]).toEqual([]);
      }),
    );
  });
});

function of(action: string): Statement {
  return { ...READ, Action: action };
}

function reordered(): Statement {
  return { ...READ, Condition: { StringEquals: { "aws:PrincipalTag/user": ["y", "x"] } } };
}

function accessOf(statements: readonly Statement[]) {
  const sourced = statements.map((statement) => ({ statement, source: "here" }));
  return { paths: [{ name: "way", layers: [{ name: "layer", statements: sourced }] }] };
}
