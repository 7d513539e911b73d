import { alwaysAttachedTo, attachedTo } from "../../attached";
import type { BlockRule } from "../../rule";
import { blocksOf, textOf } from "../../value";

/** The bucket in the same stack to which a trail writes. `GOVERNANCE` can be lifted by a permission. */
export const trailLock: BlockRule = {
  id: "AMBIT-LOGS-TRAIL-LOCK",
  severity: "medium",
  what: "the bucket of a trail must keep its objects by a lock in mode COMPLIANCE",
  why: "an administrator whose role was taken over deletes the record of what was done",
  fix: "set object_lock_enabled, and add aws_s3_bucket_object_lock_configuration with mode COMPLIANCE",
  standards: ["owasp-asi/ASI10", "owasp-mcp/MCP08", "maestro/L5", "sp800-53/AU-9", "iso42001/A.6.2.8"],
  looksAt: ["aws_cloudtrail"],
  *check(block, stack) {
    const referred = stack.referred(block.body["s3_bucket_name"])?.block;
    const bucket = referred ?? attachedTo(block, stack, "aws_s3_bucket", "bucket", "s3_bucket_name")[0];
    if (bucket === undefined) return;
    const modes = alwaysAttachedTo(bucket, stack, "aws_s3_bucket_object_lock_configuration", "bucket")
      .flatMap(({ body }) => blocksOf(body, "rule"))
      .flatMap((each) => blocksOf(each, "default_retention", "rule.default_retention"))
      .map((each) => textOf(each, "mode", "rule.default_retention.mode") ?? null);
    if (!modes.includes("COMPLIANCE")) yield { what: bucket.address, at: "s3_bucket_name", evidence: modes };
  },
};
