import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { PolicyBucket } from "../../../constructs/decision/policy-bucket";
import { POLICY_OBJECT } from "../../../constructs/platform/names";
import { KEY } from "../../support/agents";
import { newStack, platformWith, statementsOf, Template } from "../../support/synth";
import { bundleCommand } from "../../../cli/bundle";

const ARN = "arn:aws:s3:::ambit-prod-policy-111122223333";

function bucket(protectData = true) {
  const stack = newStack(platformWith({ protectData }));
  const { objectArn } = new PolicyBucket(stack, "PolicyBucket", { key: KEY });
  return { objectArn, template: Template.of(stack) };
}

test("PolicyBucket is versioned, private and encrypted with the platform's key", () => {
  const { template } = bucket();
  expect(template.only(S3BucketVersioningA)).toMatchObject({ versioning_configuration: { status: "Enabled" } });
  expect(template.only(S3BucketPublicAccessBlock)).toMatchObject({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
  expect(template.only(S3BucketServerSideEncryptionConfigurationA)).toMatchObject({
    rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms", kms_master_key_id: KEY } }],
  });
});

test("PolicyBucket answers over TLS 1.2 or newer only", () => {
  const deny = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [ARN, `${ARN}/*`] };
  expect(statementsOf(bucket().template.only(S3BucketPolicy).policy)).toEqual([
    { Sid: "PlainHttp", ...deny, Condition: { Bool: { "aws:SecureTransport": "false" } } },
    { Sid: "OldTls", ...deny, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
  ]);
});

test("the bundle is no resource, so that no apply puts an older one back", () => {
  expect(bucket().template.addresses.map((address) => address.split(".")[0])).toEqual([
    "aws_s3_bucket",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
  ]);
});

test("OPA fetches the object that `ambit bundle sign` writes", () => {
  expect(bucket().objectArn).toBe(`${ARN}/policy/bundle.tar.gz`);
  const io = { out: () => undefined, err: () => undefined } as never;
  const sign = bundleCommand(io).commands.find((command) => command.name() === "sign");
  const object = sign?.options.find(({ long }) => long === "--object");
  expect(object?.description).toContain(`"${POLICY_OBJECT}"`);
});

test.each([true, false])("PolicyBucket is protected like the platform's other data: %s", (protectData) => {
  expect(bucket(protectData).template.only(S3Bucket)).toMatchObject({
    bucket: "ambit-prod-policy-111122223333",
    force_destroy: !protectData,
    lifecycle: { prevent_destroy: protectData },
  });
});
