import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import { DbSubnetGroup } from "@cdktf/provider-aws/lib/db-subnet-group";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { RdsCluster } from "@cdktf/provider-aws/lib/rds-cluster";
import { RdsClusterInstance } from "@cdktf/provider-aws/lib/rds-cluster-instance";
import { RdsClusterParameterGroup } from "@cdktf/provider-aws/lib/rds-cluster-parameter-group";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { type ITerraformDependable, Op, type TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { onlyKnown } from "../../domain";
import { KEY, type KeyInput } from "../aws/key";
import { DELETION_WINDOW_DAYS } from "../platform/key";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import { certificates, ranged, scaled, subnetIds } from "./private/database-checks";
import { DatabaseJob } from "./private/database-job";
import { databaseKeyPolicy } from "./private/database-key";
import { DATABASE } from "./private/database-setup";
import { SERVER } from "./private/paths";

/** The major version alone: minor ones come by themselves, and are no difference to plan. */
const MAJOR = "16";
const ENGINE = "aurora-postgresql";
const BACKUP_DAYS = 14;

export interface SpireDatabaseProps {
  /** Id of the VPC */
  readonly vpc: `vpc-${string}`;

  /** Subnets the database stands in: at least two, the first two in different zones, without a way to the internet */
  readonly subnets: readonly `subnet-${string}`[];

  /** Address ranges of these subnets, for network policies */
  readonly cidrs: readonly string[];

  /** Address ranges of the pods, which alone may connect */
  readonly clientCidrs: readonly string[];

  /** PEM of the region's RDS certificate authorities, from `https://truststore.pki.rds.amazonaws.com` */
  readonly certificateAuthorities: string;

  /**
   * Least and most capacity of each instance, in Aurora capacity units (2 GiB of memory each).
   *
   * @default - 1 to 8
   */
  readonly capacity?: { readonly min: number; readonly max: number };

  /**
   * KMS key of the platform's region that encrypts the database and the secret of its master.
   *
   * @default - a key of its own
   */
  readonly key?: KeyInput;
}

const PROPERTIES = [
  "vpc",
  "subnets",
  "cidrs",
  "clientCidrs",
  "certificateAuthorities",
  "capacity",
  "key",
] as const satisfies readonly (keyof SpireDatabaseProps)[];

/**
 * The PostgreSQL that SPIRE servers share: Aurora in two zones. No password is in code or state: RDS makes that of the
 * master, a Job in the cluster reads it once to make the servers' user, and servers log in with IAM tokens.
 */
export class SpireDatabase extends Construct {
  /** Known after apply */
  public readonly host: string;
  public readonly port: number = DATABASE.port;
  public readonly databaseName: string = DATABASE.name;
  public readonly userName: string = DATABASE.user;
  /** Known after apply; IAM names the database's users by it */
  public readonly clusterResourceId: string;
  /** libpq form, as the servers read it */
  public readonly connectionString: string;
  public readonly certificateAuthorities: string;
  public readonly cidrs: readonly string[];
  /** The Job that makes the servers' user and database */
  public readonly setup: TerraformResource;
  /** What must be done before a server can use it */
  public readonly ready: readonly ITerraformDependable[];

  /** @throws DeclarationError `spire.malformed`, `platform.malformed` and `property.unknown` */
  constructor(scope: Construct, id: string, props: SpireDatabaseProps) {
    super(scope, id);
    const where = `[${this.node.path}]`;
    onlyKnown(props, PROPERTIES, where);
    const platform = platformOf(this);
    const subnets = subnetIds(props.subnets, where);
    this.cidrs = ranged(props.cidrs, where, "cidrs");
    const clientCidrs = ranged(props.clientCidrs, where, "clientCidrs");
    this.certificateAuthorities = certificates(props.certificateAuthorities, where);
    const capacity = scaled(props.capacity ?? { min: 1, max: 8 }, where);
    const { region } = platform;
    const keyArn =
      props.key === undefined
        ? ownKey(this, platform)
        : KEY.arnOf(props.key, { property: "key", where, code: "spire.malformed", region });
    const name = `ambit-${platform.name}-spire`;

    const group = new SecurityGroup(this, "SecurityGroup", {
      name: `${name}-database`,
      description: "Pods to the database of SPIRE",
      vpcId: props.vpc,
      ingress: [
        {
          description: "pods",
          protocol: "tcp",
          fromPort: DATABASE.port,
          toPort: DATABASE.port,
          cidrBlocks: [...clientCidrs],
        },
      ],
      egress: [],
    });
    const subnetGroup = new DbSubnetGroup(this, "Subnets", { name, subnetIds: [...subnets] });
    const cluster = new RdsCluster(this, "Resource", {
      ...settings(platform, name, keyArn),
      dbClusterParameterGroupName: parameters(this, name).name,
      dbSubnetGroupName: subnetGroup.name,
      vpcSecurityGroupIds: [group.id],
      serverlessv2ScalingConfiguration: { minCapacity: capacity.min, maxCapacity: capacity.max },
    });
    const instances = inTwoZones(this, cluster, subnets, name);

    this.host = cluster.endpoint;
    this.clusterResourceId = cluster.clusterResourceId;
    this.connectionString =
      `host=${this.host} port=${DATABASE.port} dbname=${DATABASE.name} user=${DATABASE.user} ` +
      `sslmode=verify-full sslrootcert=${SERVER.databaseCa}/ca.pem`;
    const { setup } = new DatabaseJob(this, "Setup", {
      host: this.host,
      secretArn: cluster.masterUserSecret.get(0).secretArn,
      keyArn,
      certificateAuthorities: this.certificateAuthorities,
      cidrs: this.cidrs,
      after: instances,
    });
    this.setup = setup;
    this.ready = [setup];
  }
}

function settings(platform: Platform, name: string, keyArn: string) {
  const { protectData } = platform;
  return {
    clusterIdentifier: name,
    engine: ENGINE,
    engineVersion: MAJOR,
    masterUsername: DATABASE.master,
    manageMasterUserPassword: true,
    masterUserSecretKmsKeyId: keyArn,
    iamDatabaseAuthenticationEnabled: true,
    port: DATABASE.port,
    storageEncrypted: true,
    kmsKeyId: keyArn,
    backupRetentionPeriod: BACKUP_DAYS,
    copyTagsToSnapshot: true,
    enabledCloudwatchLogsExports: ["postgresql"],
    deletionProtection: protectData,
    skipFinalSnapshot: !protectData,
    ...(protectData ? { finalSnapshotIdentifier: `${name}-final` } : {}),
    lifecycle: { preventDestroy: protectData },
  };
}

/** It refuses connections without TLS, and logs connections. */
function parameters(scope: Construct, name: string): RdsClusterParameterGroup {
  return new RdsClusterParameterGroup(scope, "Parameters", {
    name,
    family: `${ENGINE}${MAJOR}`,
    parameter: [
      { name: "log_connections", value: "1" },
      { name: "log_disconnections", value: "1" },
      { name: "rds.force_ssl", value: "1" },
    ],
  });
}

/** One to write and one to take over, each in the zone of a subnet of its own. */
function inTwoZones(
  scope: Construct,
  cluster: RdsCluster,
  subnets: readonly string[],
  name: string,
): readonly RdsClusterInstance[] {
  const zones = subnets
    .slice(0, 2)
    .map((subnet, index) => new DataAwsSubnet(scope, `Subnet${index + 1}`, { id: subnet }).availabilityZone);
  return zones.map(
    (zone, index) =>
      new RdsClusterInstance(scope, `Instance${index + 1}`, {
        identifier: `${name}-${index + 1}`,
        clusterIdentifier: cluster.id,
        engine: ENGINE,
        instanceClass: "db.serverless",
        availabilityZone: zone,
        publiclyAccessible: false,
        caCertIdentifier: "rds-ca-rsa2048-g1",
        autoMinorVersionUpgrade: true,
        copyTagsToSnapshot: true,
        promotionTier: index,
        lifecycle: {
          precondition: [
            {
              condition: Op.neq(zones[0], zones[1]) as unknown as string,
              errorMessage: "the first two subnets of the database must be in different zones",
            },
          ],
        },
      }),
  );
}

function ownKey(scope: Construct, platform: Platform): string {
  const key = new KmsKey(scope, "Key", {
    description: "Ambit: database of SPIRE",
    enableKeyRotation: true,
    deletionWindowInDays: DELETION_WINDOW_DAYS,
    policy: databaseKeyPolicy(platform).toTerraform(),
    lifecycle: { preventDestroy: platform.protectData },
  });
  new KmsAlias(scope, "KeyAlias", { name: `alias/ambit/${platform.name}/spire-database`, targetKeyId: key.keyId });
  return key.arn;
}
