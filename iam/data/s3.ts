import { allow, type Statement } from "../statement";
import { checkAccesses, checkName } from "./check";
import { keyStatements } from "./kms";
import type { BucketTarget, DataAccessKind } from "./target";

const OBJECT_ACTIONS = {
  read: ["s3:GetObject"],
  // An upload in parts that cannot be aborted keeps its parts, and their cost.
  write: ["s3:AbortMultipartUpload", "s3:PutObject"],
  delete: ["s3:DeleteObject"],
} as const;

export const S3_ACTIONS = [...Object.values(OBJECT_ACTIONS).flat(), "s3:ListBucket"] as const;

/** Actions of S3 by access */
export const BUCKET_ACTIONS = { ...OBJECT_ACTIONS, list: ["s3:ListBucket"] } as const;

/** Source: S3 user guide, bucketnamingrules. */
const BUCKET = /^(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Safe characters of S3 user guide, object-keys, without `*`, which IAM takes for a wildcard. */
const PREFIX = /^(?=.{1,1024}$)(?:[A-Za-z0-9!_.'()=@+-]+\/)+$/;

/** `read`, `list`, `write` or `delete` under the prefix of a bucket. */
export function bucketStatements(target: BucketTarget, accesses: readonly DataAccessKind[]): readonly Statement[] {
  checkAccesses("bucket", accesses, ["read", "list", "write", "delete"]);
  checkName("bucket", target.bucket, BUCKET, "a bucket name of 3 to 63 lower-case letters, digits, dots and hyphens");
  checkName("prefix", target.prefix, PREFIX, 'segments that each end in "/", without wildcard, such as "articles/"');

  const bucketArn = `arn:${target.partition}:s3:::${target.bucket}`;
  return accesses.map((access) =>
    access === "list"
      ? allow("s3:ListBucket", bucketArn, { StringLike: { "s3:prefix": `${target.prefix}*` } })
      : allow(OBJECT_ACTIONS[access as keyof typeof OBJECT_ACTIONS], `${bucketArn}/${target.prefix}*`),
  );
}

/** Writing needs `kms:Decrypt` as well: S3 reads the parts of an upload back to join them. */
export function bucketKeyStatements(target: BucketTarget, accesses: readonly DataAccessKind[]): readonly Statement[] {
  if (accesses.includes("write")) return keyStatements(target, "s3", ["kms:Decrypt", "kms:GenerateDataKey"]);
  return accesses.includes("read") ? keyStatements(target, "s3", ["kms:Decrypt"]) : [];
}
