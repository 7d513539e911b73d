import type { BlockRule } from "../../rule";
import { flagOf } from "../../value";

/** Instances of RDS, of Aurora, of Redshift and of DocumentDB; replicas too. */
export const publicDatabase: BlockRule = {
  id: "AMBIT-STORAGE-PUBLIC-DATABASE",
  severity: "high",
  what: "a database may have no public address",
  why: "everyone on the internet tries its users and its flaws",
  fix: "set publicly_accessible to false",
  standards: ["owasp-nhi/NHI6", "maestro/L2", "sp800-53/SC-7"],
  looksAt: ["aws_db_instance", "aws_dms_replication_instance", "aws_rds_cluster_instance", "aws_redshift_cluster"],
  *check({ body }) {
    if (flagOf(body, "publicly_accessible") === true)
      yield { what: "publicly_accessible", at: "publicly_accessible", evidence: true };
  },
};
