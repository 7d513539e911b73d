import { S3BucketObjectLockConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { Construct } from "constructs";
import { KEY, type KeyInput } from "../aws/key";
import { AUDIT_LOG_PREFIX } from "../platform/names";
import { overTlsOnly, privateBucket } from "../platform/private-bucket";
import { platformOf } from "../platform/scope";

export interface AuditBucketProps {
  /** Encrypts it: a key of the platform's region */
  readonly key: KeyInput;
}

/** Where audit records end: locked against change, private, encrypted, over TLS only. */
export class AuditBucket extends Construct {
  public readonly bucketArn: string;
  /** ARN of what the objects of the audit log begin with */
  public readonly logArn: string;

  /** @throws DeclarationError `arn.malformed` */
  constructor(scope: Construct, id: string, props: AuditBucketProps) {
    super(scope, id);
    const platform = platformOf(this);
    const { auditBucket: name, region } = platform;
    const where = `[${this.node.path}]`;
    const kmsMasterKeyId = KEY.arnOf(props.key, { property: "key", where, code: "arn.malformed", region });
    this.bucketArn = `arn:${platform.partition}:s3:::${name}`;
    this.logArn = `${this.bucketArn}/${AUDIT_LOG_PREFIX}`;
    const { bucket, versioning, block } = privateBucket(this, {
      name,
      objectLockEnabled: true,
      encryption: {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId },
        bucketKeyEnabled: true,
      },
    });
    new S3BucketObjectLockConfigurationA(this, "Lock", {
      bucket,
      rule: { defaultRetention: { mode: platform.audit.mode, days: platform.audit.retentionDays } },
      dependsOn: [versioning],
    });
    new S3BucketPolicy(this, "Policy", {
      bucket,
      policy: overTlsOnly(this.bucketArn).toTerraform(),
      dependsOn: [block],
    });
  }
}
