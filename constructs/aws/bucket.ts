import type { DataAwsS3Bucket } from "@cdktf/provider-aws/lib/data-aws-s3-bucket";
import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { Kind } from "./kind";

export const BUCKET = new Kind({
  what: "a bucket of S3",
  service: "s3",
  place: "none",
  resource: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  example: "arn:aws:s3:::acme-audit",
  attribute: "bucketArn",
  resources: { aws_s3_bucket: "arn" },
});

/** A bucket of S3: `AuditBucket` is one, and `Bucket.fromBucketArn` */
export interface IBucket {
  readonly bucketArn: string;
}

/** A bucket of S3, as a construct of Ambit or of the provider, or its ARN */
export type BucketInput = IBucket | DataAwsS3Bucket | S3Bucket | string;

/** A bucket of S3 that is made elsewhere */
export class Bucket implements IBucket {
  private constructor(public readonly bucketArn: string) {}

  /**
   * A bucket by its ARN.
   *
   * @param bucketArn may be a reference, known after apply
   * @throws DeclarationError `arn.malformed`
   */
  public static fromBucketArn(bucketArn: string): Bucket {
    return new Bucket(BUCKET.checked(bucketArn, { property: "bucketArn", where: "bucket", code: "arn.malformed" }));
  }
}
