import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTablesCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListAliasesCommand,
} from "@aws-sdk/client-kms";
import {
  GetBucketEncryptionCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { Connection } from "./connection";

type Named = Readonly<Record<string, unknown>>;

/** Every table by name. */
export async function readTables(connection: Connection): Promise<Named> {
  const dynamodb = new DynamoDBClient(connection);
  const { TableNames = [] } = await dynamodb.send(new ListTablesCommand({}));
  return named(TableNames, async (TableName) => {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
    const backups = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }));
    const recovery = backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
    return {
      keys: (Table?.KeySchema ?? []).map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`),
      billing: Table?.BillingModeSummary?.BillingMode,
      deletionProtection: Table?.DeletionProtectionEnabled,
      encryption: { status: Table?.SSEDescription?.Status, key: Table?.SSEDescription?.KMSMasterKeyArn },
      pointInTimeRecovery: recovery?.PointInTimeRecoveryStatus,
      timeToLive: { status: TimeToLiveDescription?.TimeToLiveStatus, of: TimeToLiveDescription?.AttributeName ?? null },
    };
  });
}

/** Every key that has an alias of ours and waits for no deletion, by alias, with its ARN. */
export async function readKeys(connection: Connection): Promise<Readonly<Record<string, { readonly arn: string }>>> {
  const kms = new KMSClient(connection);
  const { Aliases = [] } = await kms.send(new ListAliasesCommand({}));
  const ours = Aliases.map(({ AliasName = "" }) => AliasName).filter((name) => name.startsWith("alias/ambit/"));
  return named(ours, async (alias) => {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: alias }));
    const KeyId = KeyMetadata?.Arn ?? "";
    const { Policy = "" } = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: "default" }));
    const rotation = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
    return {
      arn: KeyId,
      spec: KeyMetadata?.KeySpec,
      usage: KeyMetadata?.KeyUsage,
      rotates: rotation.KeyRotationEnabled,
      uses: usesIn(Policy),
    };
  });
}

/** Statements of a key policy that are not administration, which is one long list and may use nothing. */
function usesIn(policy: string): readonly unknown[] {
  const { Statement } = JSON.parse(policy) as { Statement: { Sid?: string; Action: string[] }[] };
  const [administration, ...uses] = Statement;
  const using = /^kms:(\*|Decrypt|Encrypt|GenerateDataKey.*|ReEncrypt.*|Sign|Verify|GetPublicKey|CreateGrant)$/;
  const refused = administration?.Action.find((action) => using.test(action));
  if (administration?.Sid !== "Administration" || refused !== undefined) {
    throw new Error(`a key policy must start with administration that uses nothing, got ${refused ?? policy}`);
  }
  return uses;
}

/** Every bucket by name. */
export async function readBuckets(connection: Connection): Promise<Named> {
  const s3 = new S3Client({ ...connection, forcePathStyle: true });
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const names = Buckets.map(({ Name = "" }) => Name);
  return named(names, async (Bucket) => {
    const lock = await ifAny(s3.send(new GetObjectLockConfigurationCommand({ Bucket })));
    const encryption = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    const policy = await ifAny(s3.send(new GetBucketPolicyCommand({ Bucket })));
    const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
    return {
      lock: lock && {
        enabled: lock.ObjectLockConfiguration?.ObjectLockEnabled,
        mode: lock.ObjectLockConfiguration?.Rule?.DefaultRetention?.Mode,
        days: lock.ObjectLockConfiguration?.Rule?.DefaultRetention?.Days,
      },
      encryption: encryption.ServerSideEncryptionConfiguration?.Rules,
      publicAccess: PublicAccessBlockConfiguration,
      ownership: OwnershipControls?.Rules,
      versioning: Status,
      policy: JSON.parse(policy?.Policy ?? "null") as unknown,
    };
  });
}

/** What a bucket need not have is an error of S3's where it has not. */
async function ifAny<T>(asked: Promise<T>): Promise<T | undefined> {
  const none = ["NoSuchBucketPolicy", "ObjectLockConfigurationNotFoundError"];
  return asked.catch((error: Error) => {
    if (none.includes(error.name)) return undefined;
    throw error;
  });
}

async function named<T>(names: readonly string[], read: (name: string) => Promise<T>): Promise<Record<string, T>> {
  const sorted = [...names].sort();
  return Object.fromEntries(await Promise.all(sorted.map(async (name) => [name, await read(name)] as const)));
}
