import type { DataAwsS3Object } from "@cdktf/provider-aws/lib/data-aws-s3-object";
import type { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { Kind } from "./kind";

export const BUCKET_OBJECT = new Kind({
  what: "one object in a bucket of S3",
  service: "s3",
  place: "none",
  resource: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[^*?$]*[^*?$/]$/,
  example: "arn:aws:s3:::acme-oidc/keys",
  attribute: "objectArn",
  resources: { aws_s3_object: "arn" },
});

/** An object of S3: `PolicyBucket` and `OidcDocuments` have one each, and `BucketObject.fromObjectArn` */
export interface IBucketObject {
  readonly objectArn: string;
}

/** An object of S3, as a construct of Ambit or of the provider, or its ARN */
export type BucketObjectInput = IBucketObject | DataAwsS3Object | S3Object | string;

/** An object of S3 that is made elsewhere */
export class BucketObject implements IBucketObject {
  private constructor(public readonly objectArn: string) {}

  /**
   * An object by its ARN.
   *
   * @param objectArn may be a reference, known after apply
   * @throws DeclarationError `arn.malformed`
   */
  public static fromObjectArn(objectArn: string): BucketObject {
    return new BucketObject(
      BUCKET_OBJECT.checked(objectArn, { property: "objectArn", where: "object", code: "arn.malformed" }),
    );
  }
}
