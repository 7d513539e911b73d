import type { BlockRule } from "../../rule";
import { flagOf } from "../../value";

const FLAGS: Readonly<Record<string, string>> = {
  aws_db_instance: "storage_encrypted",
  aws_docdb_cluster: "storage_encrypted",
  aws_ebs_volume: "encrypted",
  aws_efs_file_system: "encrypted",
  aws_neptune_cluster: "storage_encrypted",
  aws_rds_cluster: "storage_encrypted",
};

/** Databases, file systems and disks: left out, they are not encrypted. A copy of a snapshot has what the snapshot has. */
export const unencryptedStore: BlockRule = {
  id: "AMBIT-STORAGE-UNENCRYPTED",
  severity: "high",
  what: "databases, file systems and disks must be encrypted",
  why: "a copy or a snapshot that gets out is readable",
  fix: "set storage_encrypted or encrypted, and a key",
  standards: ["sp800-53/SC-28", "maestro/L2"],
  looksAt: Object.keys(FLAGS),
  *check(block) {
    const flag = FLAGS[block.type] as string;
    const { body } = block;
    if (["snapshot_identifier", "replicate_source_db", "snapshot_id"].some((name) => (body[name] ?? "") !== "")) return;
    if (flagOf(body, flag) !== true) yield { what: flag, at: flag, evidence: body[flag] ?? null };
  },
};
