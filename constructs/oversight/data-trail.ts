import { Cloudtrail } from "@cdktf/provider-aws/lib/cloudtrail";
import { S3BucketObjectLockConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { Construct } from "constructs";
import type { Fleet } from "../../domain";
import { PolicyDocument, type Statement } from "../../iam";
import { TrailKey } from "../platform/key";
import { overTlsOnly, privateBucket } from "../platform/private-bucket";
import { platformOf } from "../platform/scope";
import { dataSelectors } from "./private/data-selectors";

export interface DataTrailProps {
  /** Whose datasets */
  readonly fleet: Pick<Fleet, "datasets">;
}

const CLOUDTRAIL = "cloudtrail.amazonaws.com";

/**
 * A trail of CloudTrail that writes down who reads and writes the fleet's datasets, and all management events, with signed digests: what
 * `ambit audit trace` joins with the audit log. Its bucket takes files of this trail alone, and locks them.
 */
export class DataTrail extends Construct {
  public readonly trailArn: string;
  public readonly bucketArn: string;

  constructor(scope: Construct, id: string, { fleet }: DataTrailProps) {
    super(scope, id);
    const platform = platformOf(this);
    const advancedEventSelector = dataSelectors(fleet.datasets, platform, `[${this.node.path}]`);
    const { trailBucket, trailName, partition, region, account, audit } = platform;
    this.trailArn = `arn:${partition}:cloudtrail:${region}:${account}:trail/${trailName}`;
    this.bucketArn = `arn:${partition}:s3:::${trailBucket}`;
    const { keyArn } = new TrailKey(this, "Key", { trailArn: this.trailArn });
    const { bucket, versioning, block, encryption } = privateBucket(this, {
      name: trailBucket,
      objectLockEnabled: true,
      encryption: {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
        bucketKeyEnabled: true,
      },
    });
    const lock = new S3BucketObjectLockConfigurationA(this, "Lock", {
      bucket,
      rule: { defaultRetention: { mode: audit.mode, days: audit.retentionDays } },
      dependsOn: [versioning],
    });
    const policy = new S3BucketPolicy(this, "Policy", {
      bucket,
      policy: PolicyDocument.of([...overTlsOnly(this.bucketArn).statements, ...this.delivery(account)]).toTerraform(),
      dependsOn: [block],
    });
    new Cloudtrail(this, "Trail", {
      name: trailName,
      s3BucketName: bucket,
      kmsKeyId: keyArn,
      enableLogFileValidation: true,
      // Else what an agent's session does in another region is on no record.
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      advancedEventSelector: [...advancedEventSelector],
      dependsOn: [policy, lock, encryption],
      lifecycle: { preventDestroy: platform.protectData },
    });
  }

  /** Source: CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail" */
  private delivery(account: string): readonly Statement[] {
    const byTrail = { "aws:SourceArn": this.trailArn };
    const allowed = { Effect: "Allow", Principal: { Service: CLOUDTRAIL } } as const;
    return [
      {
        Sid: "TrailLooks",
        ...allowed,
        Action: "s3:GetBucketAcl",
        Resource: this.bucketArn,
        Condition: { StringEquals: byTrail },
      },
      {
        Sid: "TrailDelivers",
        ...allowed,
        Action: "s3:PutObject",
        Resource: `${this.bucketArn}/AWSLogs/${account}/*`,
        Condition: { StringEquals: { ...byTrail, "s3:x-amz-acl": "bucket-owner-full-control" } },
      },
    ];
  }
}
