import type { BlockRule } from "../../rule";

/** Groups to which programs write their own lines: those of functions, builds, runtimes and tasks, by the names that AWS gives them. */
export const logKey: BlockRule = {
  id: "AMBIT-LOGS-KEY",
  severity: "low",
  what: "the log group of a workload must be encrypted by a key of KMS",
  why: "what agents were told and answered is readable by each principal that may read logs",
  fix: "set kms_key_id",
  standards: ["sp800-53/SC-28", "sp800-53/AU-9", "maestro/L5"],
  looksAt: ["aws_cloudwatch_log_group"],
  *check({ body }) {
    const { name } = body;
    if (typeof name !== "string" || !WORKLOAD.test(name) || (body["kms_key_id"] ?? "") !== "") return;
    yield { what: "kms_key_id", at: "kms_key_id", evidence: name };
  },
};

const WORKLOAD = /^(?:\/aws\/(?:bedrock|bedrock-agentcore|codebuild|lambda|sagemaker)\/|\/?(?:aws\/)?ecs\/)/;
