import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import {
  S3BucketServerSideEncryptionConfigurationA,
  type S3BucketServerSideEncryptionConfigurationRuleA,
} from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import type { Construct } from "constructs";
import { type Condition, PolicyDocument, type Statement } from "../../iam";
import { platformOf } from "./scope";

export interface PrivateBucketProps {
  readonly name: string;
  readonly encryption: S3BucketServerSideEncryptionConfigurationRuleA;
  /**
   * Whether its objects can be locked.
   *
   * @default false
   */
  readonly objectLockEnabled?: true;
}

/** The parts of a versioned bucket that belongs to the account alone. Its policy is the caller's. */
export function privateBucket(scope: Construct, { name, encryption, ...lock }: PrivateBucketProps) {
  const { protectData } = platformOf(scope);
  const { id: bucket } = new S3Bucket(scope, "Resource", {
    bucket: name,
    ...lock,
    forceDestroy: !protectData,
    lifecycle: { preventDestroy: protectData },
  });
  return {
    bucket,
    versioning: new S3BucketVersioningA(scope, "Versioning", {
      bucket,
      versioningConfiguration: { status: "Enabled" },
    }),
    ownership: new S3BucketOwnershipControls(scope, "Ownership", {
      bucket,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    }),
    // S3 answers 409 to two policy changes at once, so a policy waits for this.
    block: new S3BucketPublicAccessBlock(scope, "PublicAccess", {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    }),
    encryption: new S3BucketServerSideEncryptionConfigurationA(scope, "Encryption", { bucket, rule: [encryption] }),
  };
}

export function overTlsOnly(bucketArn: string): PolicyDocument {
  const refused = (sid: string, condition: Condition): Statement => ({
    Sid: sid,
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: condition,
  });
  return PolicyDocument.of([
    refused("PlainHttp", { Bool: { "aws:SecureTransport": "false" } }),
    refused("OldTls", { NumericLessThan: { "s3:TlsVersion": "1.2" } }),
  ]);
}
