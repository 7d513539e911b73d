import { escapesOf } from "../../../constructs/guardrails/private/boundary-escapes";
import { TAKING } from "../../../constructs/guardrails/private/escalating-actions";
import { allow, type Condition, deny, type Statement } from "../../../iam";

const OWN = "arn:aws:iam::111122223333:policy/app-boundary";
const notAction = (action: string): Statement => ({ Effect: "Allow", NotAction: action, Resource: "*" });
const unless = (operator: string, boundary: string): Condition => ({
  [operator]: { "iam:PermissionsBoundary": boundary },
});

/** What a boundary allows, and the ways out of it */
const CASES: readonly (readonly [name: string, statements: readonly Statement[], escapes: readonly string[]])[] = [
  ["nothing", [], []],
  ["data", [allow(["s3:*", "dynamodb:*", "kms:Decrypt"], "*")], []],
  ["what IAM says of a role", [allow(["iam:GetRole", "iam:List*"], "*")], []],
  ["keys of anyone", [allow("iam:CreateAccessKey", "*")], ["iam:CreateAccessKey"]],
  ["keys of the user itself", [allow("iam:*AccessKey*", "arn:aws:iam::*:user/${aws:username}")], []],
  [
    "policies of the user itself",
    [allow("iam:PutUserPolicy", "arn:aws:iam::*:user/${aws:username}")],
    ["iam:PutUserPolicy"],
  ],
  ["one role to become", [allow("sts:AssumeRole", "arn:aws:iam::111122223333:role/reader")], []],
  ["all roles of an account to become", [allow("sts:*Role", "arn:aws:iam::111122223333:role/*")], ["sts:AssumeRole"]],
  ["the root of an account", [allow("sts:AssumeRoot", "arn:aws:iam::111122223333:root")], ["sts:AssumeRoot"]],
  [
    "all roles but one to become",
    [{ Effect: "Allow", Action: "sts:AssumeRole", NotResource: "a" }],
    ["sts:AssumeRole"],
  ],
  [
    "code of any function",
    [allow("lambda:*", "*")],
    ["lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"],
  ],
  [
    "any role and any build, the role first",
    [allow(["codebuild:StartBuild", "iam:PassRole"], "*")],
    ["iam:PassRole", "codebuild:StartBuild"],
  ],
  [
    "keys for CodeCommit of the user itself",
    [allow("iam:UploadSSHPublicKey", "arn:aws:iam::*:user/${aws:username}")],
    [],
  ],
  ["keys for CodeCommit of anyone", [allow("iam:UploadSSHPublicKey", "*")], ["iam:UploadSSHPublicKey"]],
  ["a trust anchor that is named", [allow("rolesanywhere:UpdateTrustAnchor", OWN)], []],
  ["any trust anchor", [allow("rolesanywhere:UpdateTrustAnchor", "*")], ["rolesanywhere:UpdateTrustAnchor"]],
  ["policies of any key", [allow("kms:*", "*")], ["kms:PutKeyPolicy"]],
  ["policies of a key", [allow("kms:*", "arn:aws:kms:eu-central-1:111122223333:key/1234")], []],
  [
    "machines by a serial console",
    [allow("ec2-instance-connect:*Serial*", "*")],
    ["ec2-instance-connect:SendSerialConsoleSSHPublicKey"],
  ],
  ["a denial taken off a role", [allow("iam:DeleteRolePolicy", OWN)], ["iam:DeleteRolePolicy"]],
  ["a denial taken off roles with the boundary", [allow("iam:DeleteRolePolicy", "*", unless("StringEquals", OWN))], []],
  ["code of one function", [allow("lambda:*", "arn:aws:lambda:eu-central-1:111122223333:function:app")], []],
  ["code of any function, denied", [allow("lambda:*", "*"), deny("lambda:Update*", "*")], []],
  ["policies of roles, denied on one", [allow("iam:PutRolePolicy", "*"), deny("iam:*", OWN)], ["iam:PutRolePolicy"]],
  [
    "policies of roles, denied by what is left out",
    [allow("iam:PutRolePolicy", "*"), { Effect: "Deny", NotAction: "s3:*", Resource: "*" }],
    [],
  ],
  [
    "policies of roles, denied by a day",
    [
      allow("iam:PutRolePolicy", "*"),
      deny("iam:*", "*", { DateLessThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } }),
    ],
    ["iam:PutRolePolicy"],
  ],
  ["roles with a boundary", [allow("iam:CreateRole", "*", unless("StringEquals", OWN))], []],
  ["roles with any boundary", [allow("iam:CreateRole", "*", unless("StringLike", "*"))], ["iam:CreateRole"]],
  [
    "roles, denied without a boundary",
    [allow("iam:CreateRole", "*"), deny("iam:*", "*", unless("StringNotEquals", OWN))],
    [],
  ],
  [
    "roles, denied without any boundary",
    [allow("iam:CreateRole", "*"), deny("iam:*", "*", unless("StringNotLike", "*"))],
    ["iam:CreateRole"],
  ],
  [
    "roles, denied with the boundary",
    [allow("iam:CreateRole", "*"), deny("iam:*", "*", unless("StringEquals", OWN))],
    ["iam:CreateRole"],
  ],
  [
    "the boundary taken off, denied without it",
    [allow("iam:DeleteRolePermissionsBoundary", "*"), deny("iam:*", "*", unless("StringNotEquals", OWN))],
    ["iam:DeleteRolePermissionsBoundary"],
  ],
  [
    "policies that a condition names",
    [allow("iam:AttachRolePolicy", "*", { ArnEquals: { "iam:PolicyARN": OWN } })],
    [],
  ],
  [
    "assignments of people",
    [allow("sso:*", "*")],
    [
      "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
      "sso:AttachManagedPolicyToPermissionSet",
      "sso:CreateAccountAssignment",
      "sso:DeleteInlinePolicyFromPermissionSet",
      "sso:DeletePermissionsBoundaryFromPermissionSet",
      "sso:DetachCustomerManagedPolicyReferenceFromPermissionSet",
      "sso:DetachManagedPolicyFromPermissionSet",
      "sso:PutInlinePolicyToPermissionSet",
      "sso:PutPermissionsBoundaryToPermissionSet",
    ],
  ],
];

test.each(CASES)("a boundary that allows %s", (_, statements, escapes) => {
  expect(escapesOf(statements)).toEqual(escapes);
});

const taking = Object.entries(TAKING).flatMap(([service, names]) => names.map((name) => `${service}:${name}`));

test("a boundary that allows everything has all ways out, and one that leaves out a service has those of the others", () => {
  const all = escapesOf([allow("*", "*")]);
  expect(all).toContain("iam:PassRole");
  expect(all).toEqual(expect.arrayContaining(taking));
  expect(escapesOf([notAction("s3:*")])).toEqual(all);
  expect(escapesOf([notAction("iam:*")])).toEqual(all.filter((action) => !action.startsWith("iam:")));
  expect(escapesOf([allow("*", "*"), deny("*", "*")])).toEqual([]);
});
