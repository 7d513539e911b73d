import { type BlockBody, isReference, UndecidedValue } from "../../value";
import { valuesAt } from "../../private/values-at";
import type { BlockRule } from "../../rule";

/** What must be true: left out, it is false */
const MUST_BE_TRUE: Readonly<Record<string, readonly string[]>> = {
  aws_dax_cluster: ["server_side_encryption.enabled"],
  aws_db_instance: ["storage_encrypted"],
  aws_docdb_cluster: ["storage_encrypted"],
  aws_ebs_volume: ["encrypted"],
  aws_efs_file_system: ["encrypted"],
  aws_elasticache_replication_group: ["at_rest_encryption_enabled", "transit_encryption_enabled"],
  aws_elasticsearch_domain: ["encrypt_at_rest.enabled", "node_to_node_encryption.enabled"],
  aws_neptune_cluster: ["storage_encrypted"],
  aws_opensearch_domain: ["encrypt_at_rest.enabled", "node_to_node_encryption.enabled"],
  aws_rds_cluster: ["storage_encrypted"],
  aws_rds_global_cluster: ["storage_encrypted"],
  aws_redshift_cluster: ["encrypted"],
};

/** What must have this value where it is written: left out, it is as safe, or as the account has it */
const IF_WRITTEN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  aws_elasticsearch_domain: { "domain_endpoint_options.enforce_https": "true" },
  aws_instance: { "root_block_device.encrypted": "true", "ebs_block_device.encrypted": "true" },
  aws_launch_template: { "block_device_mappings.ebs.encrypted": "true" },
  aws_memorydb_cluster: { tls_enabled: "true" },
  aws_msk_cluster: { "encryption_info.encryption_in_transit.client_broker": "TLS" },
  aws_opensearch_domain: { "domain_endpoint_options.enforce_https": "true" },
};

/** Where a key must be named: left out, AWS takes one of its own, which no policy of the account closes */
const KEYS: Readonly<Record<string, string>> = { aws_bedrockagentcore_memory: "encryption_key_arn" };

/** A copy or a member has what it was made from. */
const COPIES = [
  "global_replication_group_id",
  "replicate_source_db",
  "snapshot_id",
  "snapshot_identifier",
  "source_db_cluster_identifier",
];

const KINESIS = "aws_kinesis_stream";

/** Databases, caches, streams, file systems, disks and the memory of agents. A copy of a snapshot has what the snapshot has. */
export const unencryptedStore: BlockRule = {
  id: "AMBIT-STORAGE-UNENCRYPTED",
  severity: "high",
  what: "databases, caches, streams, file systems, disks and memory of agents must be encrypted, and so must what clients send to them",
  why: "a copy or a snapshot that gets out is readable, and so is what passes through the network",
  fix: "turn the encryption on by this attribute, and name a key",
  standards: ["sp800-53/SC-28", "maestro/L2"],
  looksAt: [...new Set([...Object.keys(MUST_BE_TRUE), ...Object.keys(IF_WRITTEN), ...Object.keys(KEYS), KINESIS])],
  *check({ type, body }) {
    if (COPIES.some((name) => (body[name] ?? "") !== "")) return;
    const key = KEYS[type];
    if (key !== undefined && (body[key] ?? "") === "") yield { what: key, at: key, evidence: null };
    for (const at of MUST_BE_TRUE[type] ?? []) yield* unsafeAt(body, at, "true", true);
    for (const [at, safe] of Object.entries(IF_WRITTEN[type] ?? {})) yield* unsafeAt(body, at, safe, false);
    if (type === KINESIS) yield* unsafeAt(body, "encryption_type", "KMS", true);
  },
};

function* unsafeAt(body: BlockBody, at: string, safe: string, isNeeded: boolean) {
  const values = valuesAt(body, at).filter((value) => value !== null);
  if (values.length === 0 && isNeeded) yield { what: at, at, evidence: null };
  for (const value of values) {
    if (value instanceof UndecidedValue) yield value;
    else if (typeof value === "string" && isReference(value))
      yield new UndecidedValue(at, value, `${at} is known at apply only`);
    else if (String(value) !== safe) yield { what: at, at, evidence: value };
  }
}
