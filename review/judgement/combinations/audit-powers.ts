import { allow, type Statement } from "../../../iam";
import { resourcesOf, type Estate, type Resource } from "../../read/resource";

/** A record of what was done, and the actions that stop it */
export interface AuditPower {
  readonly what: string;
  readonly question: readonly Statement[];
}

/**
 * Source: Service Authorization Reference of CloudTrail, CloudWatch Logs, S3 and KMS. Buckets and keys are those of this
 * estate that hold or encrypt the records of trails, Config, access logs or an object lock.
 */
export function auditPowers(estate: Estate): readonly AuditPower[] {
  const buckets = auditBuckets(estate);
  const keys = auditKeys(estate, buckets);
  return [
    {
      what: "it may stop or change what CloudTrail records",
      question: [
        allow(
          [
            "cloudtrail:DeleteEventDataStore",
            "cloudtrail:DeleteTrail",
            "cloudtrail:PutEventSelectors",
            "cloudtrail:StopEventDataStoreIngestion",
            "cloudtrail:StopLogging",
            "cloudtrail:UpdateTrail",
          ],
          "*",
        ),
      ],
    },
    {
      what: "it may delete logs or shorten how long they are kept",
      question: [allow(["logs:DeleteLogGroup", "logs:DeleteLogStream", "logs:PutRetentionPolicy"], "*")],
    },
    ...(buckets.length === 0
      ? []
      : [
          {
            what: "it may delete objects of the audit bucket, or open the bucket",
            question: [
              allow(
                [
                  "s3:BypassGovernanceRetention",
                  "s3:DeleteBucket",
                  "s3:DeleteBucketPolicy",
                  "s3:DeleteObject",
                  "s3:DeleteObjectVersion",
                  "s3:PutBucketPolicy",
                  "s3:PutLifecycleConfiguration",
                ],
                buckets.flatMap((arn) => [arn, `${arn}/*`]),
              ),
            ],
          },
        ]),
    ...(keys.length === 0
      ? []
      : [
          {
            what: "it may take away the key of the audit bucket",
            question: [allow(["kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"], keys)],
          },
        ]),
  ];
}

/** Equal if the same records are kept in the same places */
export function auditText(estate: Estate): string {
  const buckets = auditBuckets(estate);
  return JSON.stringify([buckets, auditKeys(estate, buckets)]);
}

/** Types that name a bucket for AWS's own records */
const WRITES_TO = [
  { type: "aws_cloudtrail", attribute: "s3_bucket_name" },
  { type: "aws_config_delivery_channel", attribute: "s3_bucket_name" },
  { type: "aws_s3_bucket_logging", attribute: "target_bucket" },
] as const;

function auditBuckets(estate: Estate): readonly string[] {
  const buckets = resourcesOf(estate, "aws_s3_bucket");
  const called = WRITES_TO.flatMap(({ type, attribute }) =>
    resourcesOf(estate, type).flatMap(({ values }) =>
      typeof values[attribute] === "string" ? [values[attribute]] : [],
    ),
  );
  const locked = buckets.filter(({ values }) => values["object_lock_enabled"] === true);
  const named = called.map((name) => {
    const bucket = buckets.find((one) => namesOf(one, estate).includes(name));
    return (bucket && arnOf(bucket, estate)) ?? `arn:aws:s3:::${name}`;
  });
  return [...new Set([...locked.flatMap((bucket) => arnOf(bucket, estate) ?? []), ...named])].sort();
}

function auditKeys(estate: Estate, buckets: readonly string[]): readonly string[] {
  const trails = resourcesOf(estate, "aws_cloudtrail").map(({ values }) => values["kms_key_id"]);
  const known = new Set(buckets);
  const names = new Set(
    resourcesOf(estate, "aws_s3_bucket")
      .filter((bucket) => known.has(arnOf(bucket, estate) ?? ""))
      .flatMap((bucket) => namesOf(bucket, estate)),
  );
  const encryption = resourcesOf(estate, "aws_s3_bucket_server_side_encryption_configuration")
    .filter(({ values }) => names.has(String(values["bucket"])))
    .flatMap(({ values }) => [...JSON.stringify(values).matchAll(/"kms_master_key_id":"([^"]+)"/g)])
    .map(([, key]) => key);
  const keys = [...trails, ...encryption].filter((key): key is string => typeof key === "string");
  return [...new Set(keys)].sort();
}

function namesOf(bucket: Resource, estate: Estate): readonly string[] {
  return ["bucket", "id"].flatMap((attribute) => {
    const name = estate.attribute(bucket, attribute);
    return typeof name === "string" ? [name] : [];
  });
}

function arnOf(bucket: Resource, estate: Estate): string | undefined {
  const arn = estate.attribute(bucket, "arn");
  return typeof arn === "string" ? arn : undefined;
}
