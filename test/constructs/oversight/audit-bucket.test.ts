import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketObjectLockConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import type { PlatformProps } from "../../../constructs";
import { AuditBucket } from "../../../constructs/oversight/audit-bucket";
import { newStack, platformWith, statementsOf, Template } from "../../support/synth";

const KEY = "arn:aws:kms:eu-central-1:111122223333:key/data";

function bucket(changes: Partial<PlatformProps> = {}): Template {
  const stack = newStack(platformWith(changes));
  new AuditBucket(stack, "Audit", { key: KEY });
  return Template.of(stack);
}

test("AuditBucket locks every record for a year, and the lock cannot be shortened", () => {
  expect(bucket().only(S3Bucket)).toMatchObject({
    bucket: "ambit-audit-prod-111122223333",
    object_lock_enabled: true,
    force_destroy: false,
    lifecycle: { prevent_destroy: true },
  });
  expect(bucket().only(S3BucketObjectLockConfigurationA)).toMatchObject({
    rule: { default_retention: { mode: "COMPLIANCE", days: 365 } },
  });
});

test("a shorter or softer lock has to be written down", () => {
  const audit = { retentionDays: 30, mode: "GOVERNANCE" } as const;
  expect(bucket({ audit }).only(S3BucketObjectLockConfigurationA)).toMatchObject({
    rule: { default_retention: { mode: "GOVERNANCE", days: 30 } },
  });
});

test("AuditBucket is private and encrypted with the platform's key", () => {
  expect(bucket().only(S3BucketPublicAccessBlock)).toMatchObject({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
  expect(bucket().only(S3BucketServerSideEncryptionConfigurationA)).toMatchObject({
    rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms", kms_master_key_id: KEY } }],
  });
});

test("AuditBucket answers over TLS 1.2 or newer only", () => {
  const arn = "arn:aws:s3:::ambit-audit-prod-111122223333";
  const deny = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [arn, `${arn}/*`] };
  expect(statementsOf(bucket().only(S3BucketPolicy).policy)).toEqual([
    { Sid: "PlainHttp", ...deny, Condition: { Bool: { "aws:SecureTransport": "false" } } },
    { Sid: "OldTls", ...deny, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
  ]);
});

test("AuditBucket can be destroyed only on a platform that gave up its data", () => {
  expect(bucket({ protectData: false }).only(S3Bucket)).toMatchObject({
    force_destroy: true,
    lifecycle: { prevent_destroy: false },
  });
});
