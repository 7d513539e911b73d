import { alwaysAttachedTo } from "../../attached";
import type { Block } from "../../block";
import { grantsOf } from "../../grants";
import { principalsOf } from "../../principals";
import type { BlockRule } from "../../rule";
import type { StackJson } from "../../stack";
import { blocksOf, textOf } from "../../value";

/** Left out, S3 encrypts by keys of its own, which each principal with access to an object uses unasked. A bucket that CloudFront publishes has nothing to hide. */
export const bucketKey: BlockRule = {
  id: "AMBIT-STORAGE-BUCKET-KEY",
  severity: "low",
  what: "each bucket must be encrypted by a key of KMS",
  why: "its objects are readable by every principal that a policy of S3 allows, and no second policy holds",
  fix: "add aws_s3_bucket_server_side_encryption_configuration with sse_algorithm aws:kms and the ARN of a key",
  standards: ["sp800-53/SC-28", "maestro/L2"],
  looksAt: ["aws_s3_bucket"],
  *check(block, stack) {
    const outer = [
      ...alwaysAttachedTo(block, stack, "aws_s3_bucket_server_side_encryption_configuration", "bucket").map(
        ({ body }) => body,
      ),
      ...blocksOf(block.body, "server_side_encryption_configuration"),
    ];
    const found = outer
      .flatMap((each) => blocksOf(each, "rule"))
      .flatMap((rule) => blocksOf(rule, "apply_server_side_encryption_by_default"))
      .map((each) => [textOf(each, "sse_algorithm") ?? null, each["kms_master_key_id"] ?? null] as const);
    const isKept = found.some(([algorithm, key]) => (algorithm ?? "").startsWith("aws:kms") && (key ?? "") !== "");
    if (!isKept && !isPublished(block, stack)) yield { what: "sse_algorithm", at: "", evidence: found };
  },
};

function isPublished(bucket: Block, stack: StackJson): boolean {
  return alwaysAttachedTo(bucket, stack, "aws_s3_bucket_policy", "bucket")
    .flatMap((policy) => [...grantsOf(policy, stack, "resource")])
    .some(({ statement }) => principalsOf(statement).some(({ value }) => value === "cloudfront.amazonaws.com"));
}
