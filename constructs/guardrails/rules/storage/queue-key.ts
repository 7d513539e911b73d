import type { BlockRule } from "../../rule";
import { flagOf } from "../../value";

/** A queue is encrypted unless `sqs_managed_sse_enabled` is false; a topic is not unless it has a key. */
export const queueKey: BlockRule = {
  id: "AMBIT-STORAGE-QUEUE-ENCRYPTION",
  severity: "medium",
  what: "queues and topics must be encrypted",
  why: "messages lie in plain text, and what agents were asked stands in them",
  fix: "set kms_master_key_id, or for a queue sqs_managed_sse_enabled",
  standards: ["sp800-53/SC-28", "maestro/L2"],
  looksAt: ["aws_sns_topic", "aws_sqs_queue"],
  *check({ type, body }) {
    if ((body["kms_master_key_id"] ?? "") !== "") return;
    if (type === "aws_sns_topic") yield { what: "kms_master_key_id", at: "kms_master_key_id", evidence: null };
    else if (flagOf(body, "sqs_managed_sse_enabled") === false)
      yield { what: "sqs_managed_sse_enabled", at: "sqs_managed_sse_enabled", evidence: false };
  },
};
