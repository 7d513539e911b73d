import { RolesanywhereTrustAnchor } from "@cdktf/provider-aws/lib/rolesanywhere-trust-anchor";
import { Construct } from "constructs";
import { refuse, shown } from "../../domain";
import { platformOf } from "../platform/scope";

export interface RolesAnywhereTrustProps {
  /**
   * ARN of the AWS Private CA under which SPIRE signs X.509-SVIDs. SPIRE's own CA changes every day, so it is no anchor.
   */
  readonly certificateAuthorityArn: string;
}

/** Lets IAM Roles Anywhere verify the X.509-SVIDs of the platform's SPIRE. */
export class RolesAnywhereTrust extends Construct {
  /** Known after apply: write it into the platform's `aws.rolesAnywhere.trustAnchorArn` */
  public readonly trustAnchorArn: string;

  constructor(scope: Construct, id: string, props: RolesAnywhereTrustProps) {
    super(scope, id);
    const platform = platformOf(this);
    const arn = props.certificateAuthorityArn;
    if (!/^arn:aws[a-z-]*:acm-pca:[a-z0-9-]+:\d{12}:certificate-authority\/[a-f0-9-]+$/.test(arn)) {
      const what = "certificateAuthorityArn must be the ARN of an AWS Private CA";
      refuse("platform.malformed", `[${this.node.path}]`, `${what}, got ${shown(arn)}`);
    }
    const anchor = new RolesanywhereTrustAnchor(this, "Resource", {
      name: `ambit-${platform.name}`,
      enabled: true,
      source: { sourceType: "AWS_ACM_PCA", sourceData: { acmPcaArn: arn } },
    });
    this.trustAnchorArn = anchor.arn;
  }
}
