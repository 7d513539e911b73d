import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { SpireServerRole, type SpireServerRoleProps } from "../../../constructs/spire/spire-server-role";
import { parsePolicy } from "../../../iam";
import { fails } from "../../support/domain";
import { newStack, platformWith, statementsOf, Template } from "../../support/synth";

const ROLE = "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-spire-server";
const CA = "arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/0e0e0e0e-0000-4000-8000-000000000001";
const ANCHOR = "arn:aws:rolesanywhere:eu-central-1:111122223333:trust-anchor/0e0e0e0e-0000-4000-8000-000000000002";

const role = (props: SpireServerRoleProps = {}) => {
  const stack = newStack();
  return { made: new SpireServerRole(stack, "Role", props), stack };
};
const allow = (Action: string | string[], Resource: string, Condition?: object) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition && { Condition }),
});
const rightsOf = (props: SpireServerRoleProps) =>
  statementsOf(Template.of(role(props).stack).only(IamRolePolicy).policy);

test("SpireServerRole is for one service account of the cluster, and for its own audience", () => {
  const template = Template.of(role().stack);
  const issuer = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE0123456789";
  expect(template.only(IamRole)).toMatchObject({ name: "ambit-prod-spire-server", path: "/ambit/platform/" });
  expect(statementsOf(template.only(IamRole).assume_role_policy)).toEqual([
    {
      Effect: "Allow",
      Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${issuer}` },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          [`${issuer}:aud`]: "sts.amazonaws.com",
          [`${issuer}:sub`]: "system:serviceaccount:spire-server:spire-server",
        },
      },
    },
  ]);
  expect(role().made.roleArn).toBe(ROLE);
});

test("by default it may make keys of its own trust domain and find them, and no other key does anything for it", () => {
  const tags = {
    "aws:RequestTag/ambit-platform": "prod",
    "aws:RequestTag/spire-server-td": "prod.acme.example",
  };
  expect(rightsOf({})).toEqual([
    allow("kms:CreateKey", "*", {
      StringEquals: { ...tags, "kms:KeySpec": "ECC_NIST_P256", "kms:KeyUsage": "SIGN_VERIFY" },
    }),
    allow("kms:TagResource", "arn:aws:kms:eu-central-1:111122223333:key/*", {
      StringEquals: tags,
      "ForAllValues:StringEquals": {
        "aws:TagKeys": [
          "ambit-platform",
          "spire-active",
          "spire-key-id",
          "spire-last-update",
          "spire-server-id",
          "spire-server-td",
        ],
      },
    }),
    allow(
      ["kms:CreateAlias", "kms:UpdateAlias"],
      "arn:aws:kms:eu-central-1:111122223333:alias/SPIRE_SERVER/prod_acme_example/*",
    ),
    allow(["kms:ListAliases", "tag:GetResources"], "*"),
  ]);
});

test("its keys let the servers sign and the account's principals clean up", () => {
  const { made } = role();
  expect(made.keyTags).toEqual({ "ambit-platform": "prod" });
  const { statements } = parsePolicy(made.keyPolicy as string);
  const kms = (...actions: readonly string[]) => actions.map((action) => `kms:${action}`);
  expect(statements).toEqual([
    {
      Sid: "SpireServer",
      Effect: "Allow",
      Principal: { AWS: ROLE },
      Action: kms(
        "CreateAlias",
        "DescribeKey",
        "GetPublicKey",
        "PutKeyPolicy",
        "ScheduleKeyDeletion",
        "Sign",
        "TagResource",
        "UpdateAlias",
      ),
      Resource: "*",
    },
    {
      Sid: "CleanUp",
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::111122223333:root" },
      Action: kms(
        "CancelKeyDeletion",
        "DescribeKey",
        "DisableKey",
        "EnableKey",
        "GetKeyPolicy",
        "GetPublicKey",
        "ListGrants",
        "ListKeyPolicies",
        "ListResourceTags",
        "RevokeGrant",
        "ScheduleKeyDeletion",
      ),
      Resource: "*",
    },
  ]);
});

test("it logs in to one database as one user", () => {
  const database = { clusterResourceId: "cluster-ABCDEFGHIJKL01234", userName: "spire_server" };
  expect(rightsOf({ database, kms: false })).toEqual([
    allow("rds-db:connect", "arn:aws:rds-db:eu-central-1:111122223333:dbuser:cluster-ABCDEFGHIJKL01234/spire_server"),
  ]);
  const { made } = role({ database, kms: false });
  expect([made.keyTags, made.keyPolicy]).toEqual([{}, undefined]);
});

test.each([0, 2] as const)("it has its CAs signed with a path length of %s and nothing else", (pathLength) => {
  expect(rightsOf({ certificateAuthority: CA, pathLength, kms: false })).toEqual([
    allow(["acm-pca:DescribeCertificateAuthority", "acm-pca:GetCertificate"], CA),
    allow("acm-pca:IssueCertificate", CA, {
      StringEquals: {
        "acm-pca:TemplateArn": `arn:aws:acm-pca:::template/SubordinateCACertificate_PathLen${pathLength}/V1`,
      },
    }),
  ]);
});

test("it publishes into one object and one trust anchor", () => {
  expect(rightsOf({ bundleObject: "arn:aws:s3:::acme-oidc/keys", trustAnchor: ANCHOR, kms: false })).toEqual([
    allow("s3:PutObject", "arn:aws:s3:::acme-oidc/keys"),
    allow("rolesanywhere:UpdateTrustAnchor", ANCHOR),
  ]);
});

test("its names follow the platform", () => {
  const made = new SpireServerRole(newStack(platformWith({ name: "staging" })), "Role");
  expect(made.roleArn).toBe("arn:aws:iam::111122223333:role/ambit/platform/ambit-staging-spire-server");
});

const malformed = (when: string, props: SpireServerRoleProps, message: string): void =>
  fails(when, () => role(props), "spire.malformed", `[test/Role]: ${message}`);

malformed(
  "it could do nothing",
  { kms: false },
  "kms is false and nothing else is named, so the role could do nothing: name what the servers use, or leave the role out",
);
malformed(
  "any CA is named",
  { certificateAuthority: "*" },
  'certificateAuthority must be an AWS Private CA, or its ARN, got "*": write one such as "arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/0e0e0e0e-0000-4000-8000-000000000001"',
);
malformed(
  "a whole bucket is named",
  { bundleObject: "arn:aws:s3:::acme-oidc/*" },
  'bundleObject must be one object in a bucket of S3, or its ARN, got "arn:aws:s3:::acme-oidc/*": write one such as "arn:aws:s3:::acme-oidc/keys"',
);
malformed(
  "a trust anchor's id is named",
  { trustAnchor: "0e0e0e0e-0000-4000-8000-000000000002" },
  'trustAnchor must be a trust anchor of IAM Roles Anywhere, or its ARN, got "0e0e0e0e-0000-4000-8000-000000000002": write one such as "arn:aws:rolesanywhere:eu-central-1:111122223333:trust-anchor/0e0e0e0e-0000-4000-8000-000000000001"',
);
