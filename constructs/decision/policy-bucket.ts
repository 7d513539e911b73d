import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { Construct } from "constructs";
import { KEY, type KeyInput } from "../aws/key";
import { POLICY_OBJECT } from "../platform/names";
import { overTlsOnly, privateBucket } from "../platform/private-bucket";
import { platformOf } from "../platform/scope";

export interface PolicyBucketProps {
  /** Encrypts it: a key of the platform's region */
  readonly key: KeyInput;
}

/**
 * Where OPA gets its bundle: private, encrypted, versioned, over TLS only.
 *
 * The bundle itself is no resource. `ambit bundle sign` puts it there, so that no plan holds a policy and no apply puts
 * an older one back.
 */
export class PolicyBucket extends Construct {
  /** ARN of the one object that OPA fetches */
  public readonly objectArn: string;

  /** @throws DeclarationError `arn.malformed` */
  constructor(scope: Construct, id: string, props: PolicyBucketProps) {
    super(scope, id);
    const { partition, region, policyBucket: name } = platformOf(this);
    const where = `[${this.node.path}]`;
    const kmsMasterKeyId = KEY.arnOf(props.key, { property: "key", where, code: "arn.malformed", region });
    const bucketArn = `arn:${partition}:s3:::${name}`;
    this.objectArn = `${bucketArn}/${POLICY_OBJECT}`;
    const { bucket, block } = privateBucket(this, {
      name,
      encryption: {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId },
        bucketKeyEnabled: true,
      },
    });
    new S3BucketPolicy(this, "Policy", {
      bucket,
      policy: overTlsOnly(bucketArn).toTerraform(),
      dependsOn: [block],
    });
  }
}
