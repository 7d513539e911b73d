/** Which constructs the compiler takes for a resource: `tsc --noEmit` fails when a line below compiles. Nothing here is ever run. */
import type { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { DataAwsDynamodbTable } from "@cdktf/provider-aws/lib/data-aws-dynamodb-table";
import type { DataAwsKmsKey } from "@cdktf/provider-aws/lib/data-aws-kms-key";
import type { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import type { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import type { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import type { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { Bucket, BucketObject, Key, Role, Table, Topic } from "../../constructs/aws";
import type { PolicyBucket } from "../../constructs/decision";
import type { OpaRoleProps } from "../../constructs/decision";
import type { ExchangeRoleProps } from "../../constructs/exchange";
import type { GatewayRoleProps } from "../../constructs/gateway";
import type { AuditBucket, AuditBucketProps, KillSwitchProps } from "../../constructs/oversight";
import type { DataKey, SigningKeyProps } from "../../constructs/platform";
import type { ScheduleStarterProps } from "../../constructs/starters";

interface Made {
  readonly alarm: CloudwatchMetricAlarm;
  readonly alias: KmsAlias;
  readonly audit: AuditBucket;
  readonly bucket: S3Bucket;
  readonly dataKey: DataKey;
  readonly foundKey: DataAwsKmsKey;
  readonly foundTable: DataAwsDynamodbTable;
  readonly key: KmsKey;
  readonly object: S3Object;
  readonly policy: PolicyBucket;
  readonly role: IamRole;
  readonly table: DynamodbTable;
  readonly topic: SnsTopic;
}
type Props<T, K extends keyof T> = (value: T[K]) => void;

export function keys(takes: Props<AuditBucketProps, "key">, made: Made): void {
  takes(made.key);
  takes(made.foundKey);
  takes(made.dataKey);
  takes(Key.fromKeyArn("arn"));
  takes("arn");
  // @ts-expect-error: a bucket is no key
  takes(made.bucket);
  // @ts-expect-error: an alias is no key
  takes(made.alias);
  // @ts-expect-error: a table is no key
  takes(Table.fromTableArn("arn"));
  // @ts-expect-error: a bucket of Ambit's is no key
  takes(made.audit);
  // @ts-expect-error: any ARN will not do
  takes({ arn: "arn" });
  // @ts-expect-error: a bucket is always encrypted
  takes(undefined);
}

export function tables(takes: Props<GatewayRoleProps, "registryTable">, made: Made): void {
  takes(made.table);
  takes(made.foundTable);
  takes(Table.fromTableArn("arn"));
  // @ts-expect-error: a key is no table
  takes(made.key);
  // @ts-expect-error: a topic is no table
  takes(made.topic);
  // @ts-expect-error: a bucket is no table
  takes(Bucket.fromBucketArn("arn"));
}

export function lists(takes: Props<ExchangeRoleProps, "tokenKeys">, made: Made): void {
  takes([made.key, made.dataKey, "arn"]);
  // @ts-expect-error: one of them is a role
  takes([made.key, made.role]);
  // @ts-expect-error: one key is no list
  takes(made.key);
}

export function buckets(takes: Props<ExchangeRoleProps, "auditBucket">, made: Made): void {
  takes(made.bucket);
  takes(made.audit);
  takes(Bucket.fromBucketArn("arn"));
  // @ts-expect-error: an object is no bucket
  takes(made.object);
  // @ts-expect-error: nor is a key
  takes(made.dataKey);
}

export function objects(takes: Props<OpaRoleProps, "bundle">, made: Made): void {
  takes(made.object);
  takes(made.policy);
  takes(BucketObject.fromObjectArn("arn"));
  // @ts-expect-error: a bucket is no object
  takes(made.bucket);
  // @ts-expect-error: a bucket of Ambit's is no object
  takes(made.audit);
}

export function roles(
  signer: Props<SigningKeyProps, "signer">,
  redrivers: Props<ScheduleStarterProps, "redrivers">,
  made: Made,
): void {
  signer(made.role);
  redrivers([made.role, Role.fromRoleArn("arn"), "arn"]);
  // @ts-expect-error: a table is no role
  signer(made.table);
  // @ts-expect-error: a topic is no role
  redrivers([Topic.fromTopicArn("arn")]);
}

export function alarms(
  alarms: Props<KillSwitchProps, "alarms">,
  topic: Props<KillSwitchProps, "alarmTopic">,
  made: Made,
): void {
  alarms([made.alarm, "arn"]);
  topic(made.topic);
  // @ts-expect-error: a topic is no alarm
  alarms([made.topic]);
  // @ts-expect-error: an alarm is no topic
  topic(made.alarm);
}
