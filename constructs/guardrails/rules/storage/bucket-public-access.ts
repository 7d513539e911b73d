import { alwaysAttachedTo } from "../../attached";
import type { BlockRule } from "../../rule";
import { flagOf } from "../../value";

/** All four settings, of the block beside the bucket in the same stack; of a block, each that is off. */
export const bucketPublicAccess: BlockRule = {
  id: "AMBIT-STORAGE-BUCKET-PUBLIC-ACCESS",
  severity: "high",
  what: "each bucket must block public access",
  why: "one policy or list of access that is written later makes its objects public",
  fix: "add aws_s3_bucket_public_access_block with all four settings true",
  standards: ["owasp-nhi/NHI6", "maestro/L2", "sp800-53/AC-3"],
  looksAt: ["aws_s3_bucket", "aws_s3_bucket_public_access_block", "aws_s3_account_public_access_block"],
  *check(block, stack) {
    if (block.type === "aws_s3_bucket") {
      const blocks = alwaysAttachedTo(block, stack, "aws_s3_bucket_public_access_block", "bucket");
      if (blocks.length === 0) yield { what: "missing", at: "", evidence: block.body["bucket"] ?? null };
      return;
    }
    for (const setting of SETTINGS.filter((name) => flagOf(block.body, name) !== true)) {
      yield { what: setting, at: setting, evidence: block.body[setting] ?? null };
    }
  },
};

const SETTINGS = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];
