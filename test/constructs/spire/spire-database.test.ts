import { DbSubnetGroup } from "@cdktf/provider-aws/lib/db-subnet-group";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { RdsCluster } from "@cdktf/provider-aws/lib/rds-cluster";
import { RdsClusterInstance } from "@cdktf/provider-aws/lib/rds-cluster-instance";
import { RdsClusterParameterGroup } from "@cdktf/provider-aws/lib/rds-cluster-parameter-group";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Token } from "cdktf";
import type { SpireDatabaseProps } from "../../../constructs/spire/spire-database";
import { facts } from "../../../fleet/platform";
import { fails, TOKEN } from "../../support/domain";
import { CA, database, DATABASE_KEY, NO_CA, reference, rendered, synthesized } from "../../support/spire-database";
import { platformWith, statementsOf, Template } from "../../support/synth";

describe("SpireDatabase keeps no password", () => {
  test("RDS makes that of the master, and keeps it under the same key as the data", () => {
    const cluster = synthesized({ key: DATABASE_KEY }).only(RdsCluster);
    expect(cluster).toMatchObject({
      manage_master_user_password: true,
      master_user_secret_kms_key_id: DATABASE_KEY,
      kms_key_id: DATABASE_KEY,
      master_username: "spire_admin",
      iam_database_authentication_enabled: true,
      storage_encrypted: true,
    });
    expect(Object.keys(cluster).filter((name) => name.startsWith("master_password"))).toEqual([]);
  });

  test("and the servers connect without one, to a host that proves its name", () => {
    const { made, stack } = database();
    expect(rendered(stack, `${made.clusterResourceId} ${made.connectionString}`)).toBe(
      "${aws_rds_cluster.Database.cluster_resource_id} host=${aws_rds_cluster.Database.endpoint} port=5432 " +
        "dbname=spire user=spire_server sslmode=verify-full sslrootcert=/run/spire/rds/ca.pem",
    );
    expect([made.databaseName, made.userName, made.port]).toEqual(["spire", "spire_server", 5432]);
    expect(made.certificateAuthorities).toBe(`${CA}\n`);
    expect(made.cidrs).toEqual(["10.0.20.0/24", "10.0.21.0/24"]);
    expect(made.ready).toEqual([made.setup]);
  });
});

describe("SpireDatabase outlives a zone and a mistake", () => {
  test("PostgreSQL 16 with room to grow, backups and logs", () => {
    expect(synthesized().only(RdsCluster)).toMatchObject({
      cluster_identifier: "ambit-prod-spire",
      engine: "aurora-postgresql",
      engine_version: "16",
      serverlessv2_scaling_configuration: { min_capacity: 1, max_capacity: 8 },
      backup_retention_period: 14,
      copy_tags_to_snapshot: true,
      enabled_cloudwatch_logs_exports: ["postgresql"],
    });
    expect(synthesized({ capacity: { min: 0.5, max: 32 } }).only(RdsCluster)).toMatchObject({
      serverlessv2_scaling_configuration: { min_capacity: 0.5, max_capacity: 32 },
    });
  });

  test("two instances in the zones of the first two subnets, which must differ", () => {
    const instances = synthesized().all(RdsClusterInstance);
    expect(instances.map(({ availability_zone: zone }) => reference(zone))).toEqual([
      "${data.aws_subnet.Database_Subnet1.availability_zone}",
      "${data.aws_subnet.Database_Subnet2.availability_zone}",
    ]);
    for (const instance of instances) {
      expect(instance).toMatchObject({
        engine: "aurora-postgresql",
        instance_class: "db.serverless",
        publicly_accessible: false,
        ca_cert_identifier: "rds-ca-rsa2048-g1",
        auto_minor_version_upgrade: true,
        copy_tags_to_snapshot: true,
      });
      const [{ condition, error_message: message }] = (
        instance.lifecycle as { precondition: [{ condition: string; error_message: string }] }
      ).precondition;
      expect(reference(condition)).toBe(
        "${(data.aws_subnet.Database_Subnet1.availability_zone != data.aws_subnet.Database_Subnet2.availability_zone)}",
      );
      expect(message).toBe("the first two subnets of the database must be in different zones");
    }
    expect(synthesized().only(DbSubnetGroup)).toMatchObject({
      subnet_ids: ["subnet-0a1b2c3d4e5f60721", "subnet-0a1b2c3d4e5f60722"],
    });
  });

  test.each([true, false])("protected like the platform's other data: %s", (protectData) => {
    const cluster = synthesized({}, platformWith({ protectData })).only(RdsCluster);
    expect(cluster).toMatchObject({
      deletion_protection: protectData,
      skip_final_snapshot: !protectData,
      lifecycle: { prevent_destroy: protectData },
    });
    expect(cluster.final_snapshot_identifier).toBe(protectData ? "ambit-prod-spire-final" : undefined);
  });
});

describe("SpireDatabase admits its clients", () => {
  test("over TLS only, and it says who came", () => {
    expect(synthesized().only(RdsClusterParameterGroup)).toMatchObject({
      family: "aurora-postgresql16",
      parameter: [
        { name: "log_connections", value: "1" },
        { name: "log_disconnections", value: "1" },
        { name: "rds.force_ssl", value: "1" },
      ],
    });
  });

  test("from the pods, and it has no egress itself", () => {
    expect(synthesized().only(SecurityGroup)).toMatchObject({
      vpc_id: "vpc-0a1b2c3d4e5f60718",
      ingress: [{ protocol: "tcp", from_port: 5432, to_port: 5432, cidr_blocks: ["10.0.64.0/18"] }],
      egress: [],
    });
  });

  test("with a key of its own that is used through RDS and Secrets Manager only", () => {
    const template = synthesized();
    expect(template.only(KmsAlias)).toMatchObject({ name: "alias/ambit/prod/spire-database" });
    const key = template.only(KmsKey);
    expect(key).toMatchObject({ enable_key_rotation: true, lifecycle: { prevent_destroy: true } });
    const [administration, use] = statementsOf(key.policy);
    expect(administration?.Action).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/Decrypt|Encrypt|DataKey|CreateGrant/)]),
    );
    expect(use).toMatchObject({
      Principal: { AWS: "arn:aws:iam::111122223333:root" },
      Condition: {
        StringEquals: {
          "kms:CallerAccount": "111122223333",
          "kms:ViaService": ["rds.eu-central-1.amazonaws.com", "secretsmanager.eu-central-1.amazonaws.com"],
        },
      },
    });
    expect(synthesized({ key: DATABASE_KEY }).all(KmsKey)).toEqual([]);
  });
});

describe("SpireDatabase refuses", () => {
  const malformed = (when: string, changes: Partial<SpireDatabaseProps>, message: string): void =>
    fails(when, () => database(changes), "spire.malformed", `[test/Database]: ${message}`);

  malformed(
    "one subnet is named twice",
    { subnets: ["subnet-0a1b2c3d4e5f60721", "subnet-0a1b2c3d4e5f60721"] },
    'subnets must name at least two, for instances in two zones, got ["subnet-0a1b2c3d4e5f60721","subnet-0a1b2c3d4e5f60721"]',
  );
  malformed(
    "a subnet is no id",
    { subnets: ["subnet-A", "subnet-B"] },
    'subnets must hold plain ids such as "subnet-0abc12", got "subnet-A"',
  );
  malformed("no client may connect", { clientCidrs: [] }, "clientCidrs must name at least one range, got []");
  malformed("no range is named", { cidrs: [] }, "cidrs must name at least one range, got []");
  fails(
    "every address may connect",
    () => database({ clientCidrs: ["0.0.0.0/0"] }),
    "platform.malformed",
    '[test/Database]: clientCidrs must not hold ranges broader than /8, got "0.0.0.0/0": name the ranges',
  );
  const authorities =
    "certificateAuthorities must be the RDS certificate authorities of the region, as PEM and nothing else, got ";
  const bundle = ": write the text of its bundle from https://truststore.pki.rds.amazonaws.com";
  malformed("no authority is given", { certificateAuthorities: "" }, `${authorities}""${bundle}`);
  malformed("the authority is a file name", { certificateAuthorities: "rds.pem" }, `${authorities}"rds.pem"${bundle}`);
  test.each([
    ["no CA", NO_CA],
    ["broken", CA.replace("MIIB", "AAAA")],
    ["followed by a key", `${CA}\n-----BEGIN PRIVATE DATABASE_KEY-----\nAAAA\n-----END PRIVATE DATABASE_KEY-----`],
  ])("fails when a certificate is %s", (_, certificateAuthorities) => {
    expect(() => database({ certificateAuthorities })).toThrow(authorities);
  });
  test.each([
    [0, 8],
    [0.3, 8],
    [4, 2],
    [1, 512],
    [0.5, 0.5],
  ])("fails when the capacity is %s to %s", (min, max) => {
    expect(() => database({ capacity: { min, max } })).toThrow(
      `capacity must be in halves of a unit, min from 0.5 up to max, and max from 1 to 256, got {"min":${min},"max":${max}}`,
    );
  });
  malformed(
    "the key is an alias",
    { key: "alias/spire" },
    'key must be a KMS key, or its ARN, got "alias/spire": write one such as "arn:aws:kms:eu-central-1:111122223333:key/0e0e0e0e-0000-4000-8000-000000000001"',
  );
  test("but a key of the same stack, which is known after apply", () => {
    expect(() => database({ key: Token.asString({ a: 1 }) })).not.toThrow();
    expect(() => database({ key: TOKEN })).not.toThrow();
  });
  fails(
    "the platform has no way to AWS",
    () => {
      const { network: _, ...aws } = facts.aws;
      return database({}, platformWith({ aws }));
    },
    "spire.malformed",
    "[test/Database]: the platform names no aws.network, and the database's setup Job reads a secret from AWS: " +
      "name the VPC's endpoint subnets, or the ranges it may reach",
  );
  fails(
    "the platform has no image of psql",
    () => {
      const { postgres: _, ...images } = { ...facts.images } as Record<string, string>;
      return Template.of(database({}, platformWith({ images: { "aws-cli": images["aws-cli"] as string } })).stack);
    },
    "image.unpinned",
    'platform: images lacks "postgres" for [test/Database], and has aws-cli: ' +
      "add each to images, pinned by digest (name@sha256: and 64 hex digits)",
  );
});
