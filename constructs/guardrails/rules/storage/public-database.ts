import type { BlockRule } from "../../rule";
import { blockOf, blocksOf, flagOf, textOf, type BlockBody } from "../../value";

const ACCESSIBLE = "publicly_accessible";

/** By type, the flag of a public address, and whether it has one where the flag is left out */
export const PUBLIC_FLAGS: Readonly<Record<string, readonly [flag: string, isPublicByDefault: boolean]>> = {
  aws_db_instance: [ACCESSIBLE, false],
  aws_dms_replication_instance: [ACCESSIBLE, false],
  aws_lightsail_database: [ACCESSIBLE, false],
  aws_m2_environment: [ACCESSIBLE, false],
  aws_mq_broker: [ACCESSIBLE, false],
  aws_neptune_cluster_instance: [ACCESSIBLE, false],
  aws_neptunegraph_graph: ["public_connectivity", false],
  aws_rds_cluster_instance: [ACCESSIBLE, false],
  // In a default network.
  aws_rds_shard_group: [ACCESSIBLE, true],
  // By version 5 of the provider.
  aws_redshift_cluster: [ACCESSIBLE, true],
  aws_redshiftserverless_workgroup: [ACCESSIBLE, false],
  aws_timestreaminfluxdb_db_cluster: [ACCESSIBLE, false],
  aws_timestreaminfluxdb_db_instance: [ACCESSIBLE, false],
};

/** Databases, their replicas, brokers of messages, and domains of OpenSearch outside of a network. */
export const publicDatabase: BlockRule = {
  id: "AMBIT-STORAGE-PUBLIC-DATABASE",
  severity: "high",
  what: "a database, a broker or a search domain may have no public address",
  why: "everyone on the internet tries its users and its flaws",
  fix: "set publicly_accessible to false; for a search domain, write vpc_options",
  standards: ["owasp-nhi/NHI6", "maestro/L2", "sp800-53/SC-7"],
  looksAt: [...Object.keys(PUBLIC_FLAGS), "aws_elasticsearch_domain", "aws_msk_cluster", "aws_opensearch_domain"],
  *check({ type, body }) {
    const [flag, isPublicByDefault] = PUBLIC_FLAGS[type] ?? [];
    if (flag !== undefined) {
      const isPublic = flagOf(body, flag) ?? isPublicByDefault;
      if (isPublic === true) yield { what: flag, at: flag, evidence: body[flag] ?? null };
    } else if (type === "aws_msk_cluster") {
      const access = brokerAccess(body) ?? "DISABLED";
      if (access !== "DISABLED") yield { what: "public_access", at: BROKERS.join("."), evidence: access };
    } else if (blocksOf(body, "vpc_options").length === 0) {
      yield { what: "vpc_options", at: "vpc_options", evidence: null };
    }
  },
};

const BROKERS = ["broker_node_group_info", "connectivity_info", "public_access"];

function brokerAccess(body: BlockBody): string | undefined {
  const access = BROKERS.reduce<BlockBody>((outer, name) => blockOf(outer, name) ?? {}, body);
  return textOf(access, "type", `${BROKERS.join(".")}.type`);
}
