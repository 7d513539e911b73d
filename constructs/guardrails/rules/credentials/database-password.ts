import type { BlockRule } from "../../rule";
import { type BlockBody, blocksOf } from "../../value";

interface Given {
  readonly attribute: string;
  readonly value: unknown;
}

const at =
  (attribute: string) =>
  (body: BlockBody): readonly Given[] => [{ attribute, value: body[attribute] }];

/** What each type takes as a password */
const PASSWORDS: Readonly<Record<string, (body: BlockBody) => readonly Given[]>> = {
  aws_db_instance: at("password"),
  aws_rds_cluster: at("master_password"),
  aws_redshift_cluster: at("master_password"),
  aws_docdb_cluster: at("master_password"),
  aws_elasticache_replication_group: at("auth_token"),
  aws_mq_broker: (body) =>
    blocksOf(body, "user").map(({ password }) => ({ attribute: "user.password", value: password })),
};

/** Databases and caches. `manage_master_user_password` has RDS make the password, keep it in Secrets Manager and change it. */
export const databasePassword: BlockRule = {
  id: "AMBIT-CREDENTIALS-DATABASE-PASSWORD",
  severity: "high",
  what: "a database may be given no password by Terraform",
  why: "the password stays in Terraform's state, and works until it is changed",
  fix: "set manage_master_user_password, and let workloads log in by IAM",
  standards: ["owasp-nhi/NHI2", "owasp-nhi/NHI7", "sp800-53/IA-5"],
  looksAt: Object.keys(PASSWORDS),
  *check(block) {
    for (const { attribute, value } of PASSWORDS[block.type]?.(block.body) ?? []) {
      if ((value ?? "") !== "") yield { what: attribute, at: attribute, evidence: "password in the state" };
    }
  },
};
