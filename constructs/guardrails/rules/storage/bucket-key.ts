import { alwaysAttachedTo } from "../../attached";
import type { Block } from "../../block";
import { grantsOf } from "../../grants";
import { principalsOf } from "../../principals";
import type { BlockRule } from "../../rule";
import type { StackJson } from "../../stack";
import { blocksOf, textOf } from "../../value";

/** Left out, S3 encrypts by keys of its own, which each principal with access to an object uses unasked. A bucket that CloudFront publishes has nothing to hide, and one for logs alone may have to do without. */
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
    if (!isKept && !needsNoKey(block, stack)) yield { what: "sse_algorithm", at: "", evidence: found };
  },
};

/** Who writes to the bucket or publishes it */
function servicesOf(bucket: Block, stack: StackJson): readonly (readonly string[])[] {
  return alwaysAttachedTo(bucket, stack, "aws_s3_bucket_policy", "bucket")
    .flatMap((policy) => [...grantsOf(policy, stack, "resource")])
    .map(({ statement }) => principalsOf(statement).map(({ value }) => value));
}

/**
 * Logs that are delivered to buckets without a key of KMS alone: those of Application and Classic Load Balancers, and of S3's requests
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
const KEYLESS =
  /^(?:log(?:delivery\.elasticloadbalancing|ging\.s3)\.amazonaws\.com|\$\{data\.aws_elb_service_account\.[\w-]+\.arn\})$/;

function needsNoKey(bucket: Block, stack: StackJson): boolean {
  const allowed = servicesOf(bucket, stack);
  if (allowed.flat().includes("cloudfront.amazonaws.com")) return true;
  return allowed.length > 0 && allowed.flat().every((service) => KEYLESS.test(service));
}
