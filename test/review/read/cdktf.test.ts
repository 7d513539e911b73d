import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { Fn, TerraformStack } from "cdktf";
import { type Estate, readEstate } from "../../../review/read/estate";
import { policyIn } from "../../../review/read/policy-in";
import { synthesized, testApp } from "../../support/app";

/** Two stacks as people write them with CDKTF: the second reads attributes of the first. */
function twoStacks(): Estate {
  const app = testApp();
  const stack = (name: string): TerraformStack => {
    const made = new TerraformStack(app, name);
    new AwsProvider(made, "aws", { region: "eu-west-1" });
    return made;
  };
  const [producer, consumer] = [stack("producer"), stack("consumer")];
  const role = new IamRole(producer, "role", { name: "reader", assumeRolePolicy: "{}" });
  const bucket = new S3Bucket(producer, "bucket", { bucket: "kb" });
  const me = new DataAwsCallerIdentity(consumer, "me");
  new IamRolePolicy(consumer, "encoded", {
    role: role.name,
    policy: Fn.jsonencode({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["s3:GetObject"],
          Resource: `${bucket.arn}/*`,
          Condition: { StringEquals: { "aws:ResourceAccount": me.accountId } },
        },
      ],
    }),
  });
  const document = new DataAwsIamPolicyDocument(consumer, "document", {
    statement: [
      {
        actions: ["s3:GetObject"],
        resources: [`${bucket.arn}/&{aws:username}`, Fn.join("", [bucket.arn, "/shared/*"])],
        condition: [{ test: "StringLike", variable: "aws:PrincipalTag/team", values: ["a*"] }],
      },
    ],
  });
  new IamRolePolicy(consumer, "document-policy", { role: role.id, policy: document.json });
  return synthesized(app, readEstate);
}

const estate = twoStacks();
const policyOf = (name: string): unknown =>
  policyIn(estate.at(`consumer/aws_iam_role_policy.${name}`)!, "policy", estate);

test("references across stacks are followed", () => {
  expect(estate.of("aws_iam_role_policy").map(({ values }) => values["role"])).toEqual(["reader", "reader"]);
});

test("a policy by jsonencode is read", () => {
  expect(policyOf("encoded")).toEqual({
    statements: [
      {
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::kb/*",
        Condition: { StringEquals: { "aws:ResourceAccount": "${aws.account_id}" } },
      },
    ],
  });
});

test("a policy by data source is read", () => {
  expect(policyOf("document-policy")).toEqual({
    statements: [
      {
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: ["arn:aws:s3:::kb/${aws:username}", "arn:aws:s3:::kb/shared/*"],
        Condition: { StringLike: { "aws:PrincipalTag/team": "a*" } },
      },
    ],
  });
});

test("nothing of it is unread", () => {
  expect(estate.unread).toEqual([]);
});
