import { Cloudtrail } from "@cdktf/provider-aws/lib/cloudtrail";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketObjectLockConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { Dataset, type PlatformProps } from "../../../constructs";
import { DataTrail } from "../../../constructs/oversight/data-trail";
import { fleet } from "../../../fleet";
import { newStack, platformWith, statementsOf, Template } from "../../support/synth";

const TRAIL = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/ambit-prod";
const BUCKET = "arn:aws:s3:::ambit-trail-prod-111122223333";

function trail(datasets: readonly Dataset[] = fleet.datasets, changes: Partial<PlatformProps> = {}): Template {
  const stack = newStack(platformWith(changes));
  new DataTrail(stack, "Trail", { fleet: { datasets } });
  return Template.of(stack);
}

interface Selector {
  readonly field_selector: readonly {
    readonly field: string;
    readonly equals?: string[];
    readonly starts_with?: string[];
  }[];
}
const selected = (datasets?: readonly Dataset[]) =>
  (trail(datasets).only(Cloudtrail)["advanced_event_selector"] as readonly Selector[]).map(({ field_selector }) =>
    Object.fromEntries(
      field_selector.map(({ field, equals, starts_with: startsWith }) => [field, equals ?? startsWith]),
    ),
  );
const objects = (name: string, prefix: `${string}/`) =>
  Dataset.bucket(name, { bucket: "acme-kb", prefix, sensitivity: "internal" });

test("DataTrail writes down who reads and writes exactly the datasets of the fleet, and all management events", () => {
  expect(selected()).toEqual([
    { eventCategory: ["Management"] },
    {
      eventCategory: ["Data"],
      "resources.type": ["AWS::S3::Object"],
      "resources.ARN": [
        "arn:aws:s3:::acme-ci/logs/",
        "arn:aws:s3:::acme-finance/reconciliations/",
        "arn:aws:s3:::acme-kb/articles/",
        "arn:aws:s3:::acme-kb/digests/",
      ],
    },
    {
      eventCategory: ["Data"],
      "resources.type": ["AWS::DynamoDB::Table"],
      "resources.ARN": [
        "arn:aws:dynamodb:eu-central-1:111122223333:table/conversations",
        "arn:aws:dynamodb:eu-central-1:444455556666:table/ledger",
      ],
    },
  ]);
});

test("a prefix below another one is written down by that one", () => {
  const [, data] = selected([objects("a", "in/"), objects("b", "in/new/"), objects("c", "into/"), objects("d", "in/")]);
  expect(data?.["resources.ARN"]).toEqual(["arn:aws:s3:::acme-kb/in/", "arn:aws:s3:::acme-kb/into/"]);
});

test("a fleet without AWS data has a trail of management events, by which sessions and secrets are seen", () => {
  const secret = Dataset.secret("login", { secret: "erp/login", sensitivity: "confidential" });
  expect(selected([secret, Dataset.external("mails", { sensitivity: "internal" })])).toEqual([
    { eventCategory: ["Management"] },
  ]);
});

test("DataTrail has signed digests, in all regions, encrypted by a key of its own", () => {
  const template = trail();
  expect(template.only(Cloudtrail)).toMatchObject({
    name: "ambit-prod",
    enable_log_file_validation: true,
    is_multi_region_trail: true,
    include_global_service_events: true,
    kms_key_id: "${aws_kms_key.Trail_Key_31F874A3.arn}",
    lifecycle: { prevent_destroy: true },
  });
  expect(template.only(KmsKey)).toMatchObject({ enable_key_rotation: true });
});

test("the TrailKey is CloudTrail's for this trail alone, and other principals' only through S3", () => {
  const [, through, encrypt, look] = statementsOf(trail().only(KmsKey).policy);
  expect(through).toMatchObject({
    Condition: { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } },
  });
  const principal = { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" }, Resource: "*" };
  expect([encrypt, look]).toEqual([
    {
      Sid: "EncryptByTrail",
      ...principal,
      Action: ["kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"],
      Condition: {
        StringEquals: { "aws:SourceArn": TRAIL },
        StringLike: {
          "kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:*:111122223333:trail/ambit-prod",
        },
      },
    },
    {
      Sid: "LookByTrail",
      ...principal,
      Action: "kms:DescribeKey",
      Condition: { StringEquals: { "aws:SourceArn": TRAIL } },
    },
  ]);
});

test("the bucket is private, locks each file, and takes files of this trail alone", () => {
  const template = trail();
  expect(template.only(S3Bucket)).toMatchObject({ bucket: "ambit-trail-prod-111122223333", object_lock_enabled: true });
  expect(template.only(S3BucketObjectLockConfigurationA)).toMatchObject({
    rule: { default_retention: { mode: "COMPLIANCE", days: 365 } },
  });
  expect(template.only(S3BucketPublicAccessBlock)).toMatchObject({ restrict_public_buckets: true });
  const principal = { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" } };
  expect(statementsOf(template.only(S3BucketPolicy).policy)).toEqual([
    expect.objectContaining({ Sid: "PlainHttp", Effect: "Deny" }),
    expect.objectContaining({ Sid: "OldTls", Effect: "Deny" }),
    {
      Sid: "TrailLooks",
      ...principal,
      Action: "s3:GetBucketAcl",
      Resource: BUCKET,
      Condition: { StringEquals: { "aws:SourceArn": TRAIL } },
    },
    {
      Sid: "TrailDelivers",
      ...principal,
      Action: "s3:PutObject",
      Resource: `${BUCKET}/AWSLogs/111122223333/*`,
      Condition: { StringEquals: { "aws:SourceArn": TRAIL, "s3:x-amz-acl": "bucket-owner-full-control" } },
    },
  ]);
});

test("DataTrail can be destroyed only on a platform that gave up its data", () => {
  expect(trail(fleet.datasets, { protectData: false }).only(Cloudtrail)).toMatchObject({
    lifecycle: { prevent_destroy: false },
  });
});

const many = (count: number) => Array.from({ length: count }, (_, at) => objects(`d-${at}`, `${at}x/`));

test("a trail takes 500 values", () => {
  expect(selected(many(497))[1]?.["resources.ARN"]).toHaveLength(497);
});

test("fails when a trail would have more", () => {
  expect(() => trail(many(498))).toThrow(
    "[test/Trail]: dataTrail must have 500 values at most, as a trail of CloudTrail has no more, got 501 of 498 datasets: " +
      "let datasets share prefixes or tables, or divide the fleet among platforms",
  );
});

test("fails when an agent's dataset is the trail's own bucket", () => {
  expect(platformWith().ownStores).toContain("ambit-trail-prod-111122223333");
});
