import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketObjectLockConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Construct } from "constructs";
import { type Condition, PolicyDocument, type Statement } from "../../iam";
import { platformOf } from "../platform/scope";

export interface AuditBucketProps {
  /** ARN of the KMS key that encrypts it */
  readonly keyArn: string;
}

/** Where audit records end: locked against change, private, encrypted, over TLS only. */
export class AuditBucket extends Construct {
  public readonly bucketArn: string;

  constructor(scope: Construct, id: string, props: AuditBucketProps) {
    super(scope, id);
    const platform = platformOf(this);
    const name = platform.auditBucket;
    this.bucketArn = `arn:${platform.partition}:s3:::${name}`;
    const { id: bucket } = new S3Bucket(this, "Resource", {
      bucket: name,
      objectLockEnabled: true,
      forceDestroy: !platform.protectData,
      lifecycle: { preventDestroy: platform.protectData },
    });
    const versioning = new S3BucketVersioningA(this, "Versioning", {
      bucket,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketObjectLockConfigurationA(this, "Lock", {
      bucket,
      rule: { defaultRetention: { mode: platform.audit.mode, days: platform.audit.retentionDays } },
      dependsOn: [versioning],
    });
    new S3BucketOwnershipControls(this, "Ownership", { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } });
    const block = new S3BucketPublicAccessBlock(this, "PublicAccess", {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketServerSideEncryptionConfigurationA(this, "Encryption", {
      bucket,
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: props.keyArn },
          bucketKeyEnabled: true,
        },
      ],
    });
    // S3 answers 409 to two policy changes at once, so the second waits for the first.
    new S3BucketPolicy(this, "Policy", {
      bucket,
      policy: overTlsOnly(this.bucketArn).toTerraform(),
      dependsOn: [block],
    });
  }
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
