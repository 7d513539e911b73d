import { isNarrowedBy } from "../../../constructs/guardrails/conditions";
import { covers, grantsOf, isOfService, matches } from "../../../constructs/guardrails/grants";
import { policiesOf, readablePoliciesOf } from "../../../constructs/guardrails/policies";
import { accountOf, isAnyone, principalsOf, wholeAccount } from "../../../constructs/guardrails/principals";
import { StackJson } from "../../../constructs/guardrails/stack";
import { UndecidedValue } from "../../../constructs/guardrails/value";
import { allow, type Statement } from "../../../iam";

test.each([
  ["s3:GetObject", "s3:getobject", true],
  ["s3:Get*", "s3:GetObject", true],
  ["s3:G?tObject", "s3:GetObject", true],
  ["*", "s3:GetObject", true],
  ["s3:Get*", "s3:PutObject", false],
  ["s3.GetObject", "s3:GetObject", false],
  ["s3:Get", "s3:GetObject", false],
  ["arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/a/b", true],
])("%s stands for %s: %s", (pattern, text, expected) => expect(matches(pattern, text)).toBe(expected));

test("an Allow covers what it names, or all that NotAction leaves", () => {
  const statement: Statement = { Effect: "Allow", NotAction: "iam:*", Resource: "*" };
  expect(covers(allow(["s3:Get*"], "*"), "s3:GetObject")).toBe(true);
  expect([covers(statement, "iam:PassRole"), covers(statement, "sts:AssumeRole")]).toEqual([false, true]);
  expect(covers({ Effect: "Allow", Resource: "*" }, "s3:GetObject")).toBe(false);
});

/** The operator and values of a test on aws:PrincipalArn, and whether they narrow a statement */
test.each<[string, string | readonly string[], boolean]>([
  ["StringEquals", "a", true],
  ["ArnLike", ["a", "arn:aws:iam::111122223333:role/b*"], true],
  ["ForAnyValue:StringLike", "arn:aws:iam::${data.aws_caller_identity.own.account_id}:role/*", true],
  ["StringLike", "a*", false],
  ["StringLike", "arn:*", false],
  ["ArnLike", "arn:aws:iam::*:role/admin", false],
  ["StringEquals", "${aws:PrincipalArn}", false],
  ["StringLike", "*", false],
  ["StringLike", ["a", "*"], false],
  ["StringEquals", [], false],
  ["StringEqualsIfExists", "a", false],
  ["ForAllValues:StringEquals", "a", false],
  ["StringNotEquals", "a", false],
  ["ArnNotLike", "a", false],
  ["Null", "false", false],
])("a test by %s of %s narrows: %s", (operator, values, expected) => {
  const statement = allow("sts:AssumeRole", "*", { [operator]: { "AWS:principalarn": values } });
  expect(isNarrowedBy(statement, /^aws:PrincipalArn$/i)).toBe(expected);
});

/** Key, value of a StringLike, and whether it narrows a statement */
test.each<[string, string, boolean]>([
  ["aws:SourceArn", "arn:aws:s3:::acme-logs", true],
  ["aws:SourceArn", "arn:aws:sns:*:111122223333:*", true],
  ["aws:SourceArn", "arn:aws:s3:::*", false],
  ["aws:SourceArn", "arn:aws:*", false],
  ["aws:SourceArn", "arn:aws:sns:*:*:alerts", false],
  ["aws:PrincipalOrgID", "o-a1b2c3d4e5", true],
  ["aws:PrincipalOrgID", "o-*", false],
  ["aws:PrincipalAccount", "111122223333", true],
  ["aws:PrincipalAccount", "1*", false],
  ["aws:PrincipalAccount", "${aws:ResourceAccount}", true],
  ["aws:PrincipalAccount", "${aws:principalaccount}", false],
])("a test of %s by %s narrows: %s", (key, value, expected) => {
  const statement = allow("sts:AssumeRole", "*", { StringLike: { [key]: value } });
  expect(isNarrowedBy(statement, new RegExp(`^${key}$`))).toBe(expected);
});

test("everyone but some is everyone", () => {
  const statement: Statement = { Effect: "Allow", NotPrincipal: { AWS: "111122223333" }, Action: "s3:GetObject" };
  expect(principalsOf(statement).some(isAnyone)).toBe(true);
  expect(principalsOf({ Effect: "Allow", Principal: { AWS: ["a", "b"], Service: "c" } })).toEqual([
    { type: "AWS", value: "a" },
    { type: "AWS", value: "b" },
    { type: "Service", value: "c" },
  ]);
});

test.each([
  ["111122223333", "111122223333", "111122223333"],
  ["arn:aws:iam::111122223333:root", "111122223333", "111122223333"],
  ["arn:aws:iam::${local.account}:root", "${local.account}", undefined],
  ["arn:aws:iam::111122223333:role/a", undefined, "111122223333"],
  ["arn:aws:sts::111122223333:assumed-role/a/b", undefined, "111122223333"],
  ["${aws_iam_role.a.arn}", undefined, undefined],
])("%s means the whole account %s, and is of %s", (value, whole, account) => {
  const principal = { type: "AWS", value };
  expect([wholeAccount(principal), accountOf(principal)]).toEqual([whole, account]);
  expect(wholeAccount({ type: "Federated", value })).toBeUndefined();
});

describe("a role whose inline policy cannot be read", () => {
  const trust = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  const role = { assume_role_policy: policy, inline_policy: { policy: "${var.policy}" } };
  const stack = StackJson.of("test", { resource: { aws_iam_role: { one: role } } });
  const block = stack.at("aws_iam_role.one")!;

  test("is judged by its trust", () => {
    expect(readablePoliciesOf(block, stack).map(({ at }) => at)).toEqual(["assume_role_policy"]);
    expect([...grantsOf(block, stack, "trust")].map(({ at }) => at)).toEqual(["assume_role_policy.Statement[0]"]);
  });

  test("fails when all of its policies are asked for", () => {
    expect(() => policiesOf(block, stack)).toThrow(UndecidedValue);
    expect(() => policiesOf(block, stack)).toThrow("inline_policy[0].policy is known at apply only");
  });
});

test.each<[action: string, isOf: boolean, covered: boolean]>([
  ["iam:PassRole", true, true],
  ["IAM:passrole", true, true],
  ["iam:*", true, true],
  ["*", true, true],
  ["i?m:PassRole", true, true],
  ["ia*:PassRole", true, true],
  ["iam*", true, true],
  ["*:PassRole", true, true],
  ["iam:Get*", true, false],
  ["s3:*", false, false],
  ["iam-roles:PassRole", false, false],
])("an Allow of %s may be about iam: %s, and covers iam:PassRole: %s", (action, isOf, covered) => {
  const statement = allow([action, "s3:GetObject"], "*");
  expect([isOfService(statement, "iam"), covers(statement, "iam:PassRole")]).toEqual([isOf, covered]);
  expect(isOfService({ Effect: "Allow", NotAction: action, Resource: "*" }, "iam")).toBe(true);
});
