import { answersOf } from "./boto";
import type { Connection } from "./connection";

type Named = Readonly<Record<string, unknown>>;
type Answer = Readonly<Record<string, readonly Readonly<Record<string, never>>[]>>;

interface Secret {
  readonly ARN: string;
  readonly KmsKeyId: string;
  readonly OwningService: string | undefined;
}

interface Cluster {
  readonly DBClusterIdentifier: string;
  readonly DbClusterResourceId: string;
  readonly MasterUserSecret?: { readonly SecretArn: string; readonly KmsKeyId: string };
  readonly VpcSecurityGroups: readonly { readonly VpcSecurityGroupId: string }[];
  readonly DBClusterMembers: readonly { readonly DBInstanceIdentifier: string }[];
  readonly [property: string]: unknown;
}

/** The database as the account has it, with the names of what it refers to */
export interface DatabasesRead {
  readonly clusters: Named;
  readonly instances: Named;
  readonly parameters: Named;
  readonly subnetGroups: Named;
  /** ARNs of the clusters' secrets, and the services that own them */
  readonly secrets: Named;
}

/** Every database cluster with its instances, and what it is set up by. */
export async function readDatabases(connection: Connection): Promise<DatabasesRead> {
  const { clusters, instances, parameterGroups, subnetGroups, groups, secrets } = await readAll(connection);
  const names = new Map(groups.map(({ GroupId, GroupName }) => [GroupId, GroupName]));
  const parameters = await answersOf(
    connection,
    parameterGroups.map(({ DBClusterParameterGroupName }) => [
      "rds",
      "describe_db_cluster_parameters",
      { DBClusterParameterGroupName },
    ]),
  );
  return {
    clusters: Object.fromEntries(clusters.map((cluster) => [cluster.DBClusterIdentifier, clusterRead(cluster, names)])),
    instances: Object.fromEntries(
      instances.map((instance) => [
        instance.DBInstanceIdentifier,
        {
          cluster: instance.DBClusterIdentifier,
          class: instance.DBInstanceClass,
          zone: instance.AvailabilityZone,
          public: instance.PubliclyAccessible,
          encrypted: instance.StorageEncrypted,
          minorUpgrades: instance.AutoMinorVersionUpgrade,
          promotionTier: instance.PromotionTier,
        },
      ]),
    ),
    parameters: Object.fromEntries(
      parameterGroups.map(({ DBClusterParameterGroupName, DBParameterGroupFamily }, index) => {
        const { Parameters = [] } = parameters[index] as Answer;
        const values = Parameters.map(({ ParameterName, ParameterValue }) => [ParameterName, ParameterValue]);
        return [DBClusterParameterGroupName, { family: DBParameterGroupFamily, values: Object.fromEntries(values) }];
      }),
    ),
    subnetGroups: Object.fromEntries(
      subnetGroups.map(({ DBSubnetGroupName, Subnets = [] }) => {
        const zones = (Subnets as readonly { readonly SubnetAvailabilityZone: { readonly Name: string } }[]).map(
          ({ SubnetAvailabilityZone }) => SubnetAvailabilityZone.Name,
        );
        return [DBSubnetGroupName, zones];
      }),
    ),
    secrets: Object.fromEntries(secrets.map(({ ARN, KmsKeyId, OwningService }) => [ARN, { KmsKeyId, OwningService }])),
  };
}

/** Id of each cluster by which IAM knows it, and the ARN of its master's secret. */
export async function readClusterIds(connection: Connection): Promise<readonly { id: string; secret: string }[]> {
  const { clusters } = await readAll(connection);
  return clusters.map((cluster) => ({
    id: cluster.DbClusterResourceId,
    secret: cluster.MasterUserSecret?.SecretArn ?? "",
  }));
}

/** The passwords that the account's secrets hold. */
export async function readPasswords(connection: Connection): Promise<readonly string[]> {
  const { secrets } = await readAll(connection);
  const values = await answersOf(
    connection,
    secrets.map(({ ARN }) => ["secretsmanager", "get_secret_value", { SecretId: ARN }]),
  );
  return values.map((value) => {
    const { SecretString } = value as { readonly SecretString: string };
    return (JSON.parse(SecretString) as { readonly password: string }).password;
  });
}

async function readAll(connection: Connection) {
  const [clusters, instances, parameterGroups, subnetGroups, groups, secrets] = (await answersOf(connection, [
    ["rds", "describe_db_clusters"],
    ["rds", "describe_db_instances"],
    ["rds", "describe_db_cluster_parameter_groups"],
    ["rds", "describe_db_subnet_groups"],
    ["ec2", "describe_security_groups"],
    ["secretsmanager", "list_secrets"],
  ])) as readonly Answer[];
  return {
    clusters: (clusters?.DBClusters ?? []) as unknown as readonly Cluster[],
    instances: (instances?.DBInstances ?? []) as readonly Record<string, string>[],
    parameterGroups: (parameterGroups?.DBClusterParameterGroups ?? []) as readonly Record<string, string>[],
    subnetGroups: (subnetGroups?.DBSubnetGroups ?? []) as readonly Record<string, unknown>[] as readonly {
      readonly DBSubnetGroupName: string;
      readonly Subnets?: unknown;
    }[],
    groups: (groups?.SecurityGroups ?? []) as readonly Record<string, string>[],
    secrets: (secrets?.SecretList ?? []) as unknown as readonly Secret[],
  };
}

function clusterRead(cluster: Cluster, groups: ReadonlyMap<string | undefined, string | undefined>) {
  return {
    engine: `${cluster.Engine} ${cluster.EngineVersion}`,
    port: cluster.Port,
    encryption: { encrypted: cluster.StorageEncrypted, key: cluster.KmsKeyId },
    iamAuthentication: cluster.IAMDatabaseAuthenticationEnabled,
    master: { user: cluster.MasterUsername, secret: cluster.MasterUserSecret },
    deletionProtection: cluster.DeletionProtection,
    backupDays: cluster.BackupRetentionPeriod,
    logs: cluster.EnabledCloudwatchLogsExports,
    tagsToSnapshots: cluster.CopyTagsToSnapshot,
    capacity: cluster.ServerlessV2ScalingConfiguration,
    public: cluster.PubliclyAccessible,
    parameters: cluster.DBClusterParameterGroup,
    subnets: cluster.DBSubnetGroup,
    groups: cluster.VpcSecurityGroups.map(({ VpcSecurityGroupId }) => groups.get(VpcSecurityGroupId)),
    members: cluster.DBClusterMembers.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier),
  };
}
