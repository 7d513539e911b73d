import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import { AcmCertificateValidation } from "@cdktf/provider-aws/lib/acm-certificate-validation";
import { AcmpcaCertificateAuthority } from "@cdktf/provider-aws/lib/acmpca-certificate-authority";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { DataAwsAcmCertificate } from "@cdktf/provider-aws/lib/data-aws-acm-certificate";
import { DataAwsAcmpcaCertificateAuthority } from "@cdktf/provider-aws/lib/data-aws-acmpca-certificate-authority";
import { DataAwsDynamodbTable } from "@cdktf/provider-aws/lib/data-aws-dynamodb-table";
import { DataAwsIamRole } from "@cdktf/provider-aws/lib/data-aws-iam-role";
import { DataAwsKmsKey } from "@cdktf/provider-aws/lib/data-aws-kms-key";
import { DataAwsS3Bucket } from "@cdktf/provider-aws/lib/data-aws-s3-bucket";
import { DataAwsS3Object } from "@cdktf/provider-aws/lib/data-aws-s3-object";
import { DataAwsSnsTopic } from "@cdktf/provider-aws/lib/data-aws-sns-topic";
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsExternalKey } from "@cdktf/provider-aws/lib/kms-external-key";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { KmsReplicaKey } from "@cdktf/provider-aws/lib/kms-replica-key";
import { RolesanywhereTrustAnchor } from "@cdktf/provider-aws/lib/rolesanywhere-trust-anchor";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { Key, Role } from "../../../constructs/aws";
import { ALARM } from "../../../constructs/aws/alarm";
import { BUCKET } from "../../../constructs/aws/bucket";
import { BUCKET_OBJECT } from "../../../constructs/aws/bucket-object";
import { CERTIFICATE } from "../../../constructs/aws/certificate";
import { CERTIFICATE_AUTHORITY } from "../../../constructs/aws/certificate-authority";
import { KEY } from "../../../constructs/aws/key";
import type { Kind } from "../../../constructs/aws/kind";
import { ROLE } from "../../../constructs/aws/role";
import { TABLE } from "../../../constructs/aws/table";
import { TOPIC } from "../../../constructs/aws/topic";
import { TRUST_ANCHOR } from "../../../constructs/aws/trust-anchor";
import { PolicyBucket } from "../../../constructs/decision/policy-bucket";
import { ExchangeTables } from "../../../constructs/exchange/exchange-tables";
import { AuditBucket } from "../../../constructs/oversight/audit-bucket";
import { DataKey } from "../../../constructs/platform";
import { PolicyDocument } from "../../../iam";
import { refusal, untyped } from "../../support/domain";
import { newStack, Template } from "../../support/synth";

const ASKED = { property: "it", where: "here", code: "arn.malformed" } as const;
const ARN = "arn:aws:kms:eu-central-1:111122223333:key/1";
const TRUST = PolicyDocument.of([
  { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
]).toTerraform();
const BOUNDARY = "arn:aws:iam::111122223333:policy/ambit/platform/prod.agent-boundary";
const KEPT = { name: "orders", deletionProtectionEnabled: true, pointInTimeRecovery: { enabled: true } };
const ALARMED = { alarmName: "wild", comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 1 };

/** A bucket as guardrails want it */
function keptBucket(scope: Construct): S3Bucket {
  const bucket = new S3Bucket(scope, "it");
  const policy = PolicyDocument.of([
    {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: "*",
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ]);
  new S3BucketPolicy(scope, "Policy", { bucket: bucket.id, policy: policy.toTerraform() });
  new S3BucketPublicAccessBlock(scope, "PublicAccess", {
    bucket: bucket.id,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  new S3BucketServerSideEncryptionConfigurationA(scope, "Encryption", {
    bucket: bucket.id,
    rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: ARN } }],
  });
  return bucket;
}

/** What stands for a kind, by the reference that is made of it */
const STANDS: readonly [reference: string, Kind, (scope: Construct) => unknown][] = [
  ["aws_cloudwatch_metric_alarm.it.arn", ALARM, (scope) => new CloudwatchMetricAlarm(scope, "it", ALARMED)],
  ["aws_s3_bucket.it.arn", BUCKET, (scope) => keptBucket(scope)],
  ["data.aws_s3_bucket.it.arn", BUCKET, (scope) => new DataAwsS3Bucket(scope, "it", { bucket: "acme" })],
  ["aws_s3_object.it.arn", BUCKET_OBJECT, (scope) => new S3Object(scope, "it", { bucket: "acme", key: "keys" })],
  [
    "data.aws_s3_object.it.arn",
    BUCKET_OBJECT,
    (scope) => new DataAwsS3Object(scope, "it", { bucket: "acme", key: "keys" }),
  ],
  ["aws_acm_certificate.it.arn", CERTIFICATE, (scope) => new AcmCertificate(scope, "it")],
  ["data.aws_acm_certificate.it.arn", CERTIFICATE, (scope) => new DataAwsAcmCertificate(scope, "it")],
  [
    "aws_acm_certificate_validation.it.certificate_arn",
    CERTIFICATE,
    (scope) => new AcmCertificateValidation(scope, "it", { certificateArn: "${aws_acm_certificate.tokens.arn}" }),
  ],
  [
    "aws_acmpca_certificate_authority.it.arn",
    CERTIFICATE_AUTHORITY,
    (scope) =>
      new AcmpcaCertificateAuthority(scope, "it", {
        certificateAuthorityConfiguration: {
          keyAlgorithm: "EC_prime256v1",
          signingAlgorithm: "SHA256WITHECDSA",
          subject: {},
        },
      }),
  ],
  [
    "data.aws_acmpca_certificate_authority.it.arn",
    CERTIFICATE_AUTHORITY,
    (scope) => new DataAwsAcmpcaCertificateAuthority(scope, "it", { arn: "${var.authority}" }),
  ],
  ["aws_kms_key.it.arn", KEY, (scope) => new KmsKey(scope, "it", { enableKeyRotation: true })],
  ["aws_kms_external_key.it.arn", KEY, (scope) => new KmsExternalKey(scope, "it")],
  ["aws_kms_replica_key.it.arn", KEY, (scope) => new KmsReplicaKey(scope, "it", { primaryKeyArn: ARN })],
  ["data.aws_kms_key.it.arn", KEY, (scope) => new DataAwsKmsKey(scope, "it", { keyId: "alias/data" })],
  ["aws_kms_key.it.arn", KEY, (scope) => new DataKey(scope, "it")],
  [
    "aws_iam_role.it.arn",
    ROLE,
    (scope) => new IamRole(scope, "it", { assumeRolePolicy: TRUST, permissionsBoundary: BOUNDARY }),
  ],
  ["data.aws_iam_role.it.arn", ROLE, (scope) => new DataAwsIamRole(scope, "it", { name: "on-call" })],
  ["aws_dynamodb_table.it.arn", TABLE, (scope) => new DynamodbTable(scope, "it", KEPT)],
  ["data.aws_dynamodb_table.it.arn", TABLE, (scope) => new DataAwsDynamodbTable(scope, "it", { name: "orders" })],
  ["aws_sns_topic.it.arn", TOPIC, (scope) => new SnsTopic(scope, "it", { kmsMasterKeyId: "alias/it" })],
  ["data.aws_sns_topic.it.arn", TOPIC, (scope) => new DataAwsSnsTopic(scope, "it", { name: "on-call" })],
  [
    "aws_rolesanywhere_trust_anchor.it.arn",
    TRUST_ANCHOR,
    (scope) =>
      new RolesanywhereTrustAnchor(scope, "it", {
        name: "spire",
        source: { sourceType: "AWS_ACM_PCA", sourceData: {} },
      }),
  ],
];
const KINDS = [...new Set(STANDS.map(([, kind]) => kind))];

test.each(STANDS)("%s stands for its ARN", (reference, kind, make) => {
  const stack = newStack();
  new TerraformOutput(stack, "arn", { value: kind.arnOf(make(stack), ASKED) });
  const { output } = Template.of(stack).json as { readonly output?: { readonly arn: { readonly value: string } } };
  expect(output?.arn.value.replace(/\.it_\w+\./, ".it.")).toBe(`\${${reference}}`);
});

test.each(STANDS)("fails where %s is another kind", (_, kind, make) => {
  const stack = newStack();
  const thing = make(stack);
  const others = KINDS.filter((other) => other !== kind);
  expect(others).toHaveLength(9);
  for (const other of others) {
    expect(refusal(() => other.arnOf(thing, ASKED))).toEqual({
      code: "arn.malformed",
      message: expect.stringMatching(
        /^here: it must be .+, or its ARN, got (a resource of type aws_\w+|an instance of \w+): write/,
      ),
    });
  }
});

test("Ambit's own constructs stand for what they hold", () => {
  const stack = newStack();
  const key = new DataKey(stack, "Key");
  const audit = new AuditBucket(stack, "Audit", { key });
  const policy = new PolicyBucket(stack, "Policy", { key });
  expect(BUCKET.arnOf(audit, ASKED)).toBe("arn:aws:s3:::ambit-audit-prod-111122223333");
  expect(BUCKET_OBJECT.arnOf(policy, ASKED)).toBe("arn:aws:s3:::ambit-prod-policy-111122223333/policy/bundle.tar.gz");
  expect(KEY.arnOf(Key.fromKeyArn(ARN), ASKED)).toBe(ARN);
});

test("fails for an alias of a key, which a key policy does not know", () => {
  const alias = new KmsAlias(newStack(), "it", { targetKeyId: ARN });
  expect(refusal(() => KEY.arnOf(alias, ASKED)).message).toContain("got a resource of type aws_kms_alias");
});

test("fails for a resource that only has a role", () => {
  const target = new CloudwatchEventTarget(newStack(), "it", { rule: "all", arn: ARN, roleArn: "${var.role}" });
  expect(refusal(() => ROLE.arnOf(target, ASKED)).message).toContain(
    "got a resource of type aws_cloudwatch_event_target",
  );
});

test.each([{ keyArn: 7 }, { keyArn: "key/1" }, { arn: ARN }, {}, null, [ARN]])(
  "fails for %j, which is no key",
  (thing) => {
    expect(refusal(() => KEY.arnOf(thing, ASKED)).message).toContain("here: it must be a KMS key, or its ARN, got");
  },
);

describe("the place", () => {
  const place = { ...ASKED, region: "eu-central-1", account: "111122223333" };

  test.each([
    ARN,
    "${aws_kms_key.data.arn}",
    "arn:aws:kms:${var.region}:111122223333:key/1",
    "arn:aws:kms:eu-central-1:${var.account}:key/1",
  ])("of %s is where it must be, as far as it is known", (arn) => expect(KEY.arnOf(arn, place)).toBe(arn));

  test.each([
    ARN.replace("eu-central-1", "us-east-1"),
    ARN.replace("111122223333", "444455556666"),
    "arn:aws:kms:us-east-1:${var.account}:key/1",
    "arn:aws:kms:${var.region}:444455556666:key/1",
  ])("fails for %s", (arn) => {
    expect(refusal(() => KEY.arnOf(arn, { ...place, why: "where the tables are" }))).toEqual({
      code: "arn.malformed",
      message: `here: it must be a KMS key in region eu-central-1 and account 111122223333, where the tables are, got "${arn}"`,
    });
  });

  test("has no region where none is asked for", () => {
    const { region: _, ...account } = place;
    expect(KEY.arnOf(ARN.replace("eu-central-1", "us-east-1"), account)).toContain("us-east-1");
    expect(refusal(() => KEY.arnOf(ARN.replace("1111", "4444"), account)).message).toContain(
      "a KMS key in account 111122223333, got",
    );
  });

  test("of a construct is looked at too", () => {
    const role = Role.fromRoleArn("arn:aws:iam::444455556666:role/on-call");
    expect(refusal(() => ROLE.arnOf(role, place)).message).toContain(
      "in region eu-central-1 and account 111122223333, got",
    );
  });
});

describe("where the value must be known at synth", () => {
  test("the parts of an ARN are told", () => {
    expect(KEY.known(ARN, ASKED)).toMatchObject({ region: "eu-central-1", account: "111122223333", resource: "key/1" });
  });

  test.each(["${aws_kms_key.data.arn}", "arn:aws:kms:${var.region}:111122223333:key/1"])("fails for %s", (arn) => {
    expect(refusal(() => KEY.known(arn, ASKED)).code).toBe("token");
  });

  test.each(["", "alias/data", 7, { keyArn: ARN }])("fails for %j", (arn) => {
    expect(refusal(() => KEY.known(untyped(arn), ASKED)).message).toContain(
      "here: it must be the ARN of a KMS key, got",
    );
  });
});

test("tables are encrypted by a key of the same stack, by reference", () => {
  const stack = newStack();
  new ExchangeTables(stack, "Tables", { key: new KmsKey(stack, "Own", { enableKeyRotation: true }) });
  const encrypted = Template.of(stack)
    .all(DynamodbTable)
    .map((table) => table["server_side_encryption"]);
  expect(encrypted).toEqual(
    Array.from({ length: 3 }, () => ({ enabled: true, kms_key_arn: "${aws_kms_key.Own.arn}" })),
  );
});
