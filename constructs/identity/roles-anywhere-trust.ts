import { RolesanywhereTrustAnchor } from "@cdktf/provider-aws/lib/rolesanywhere-trust-anchor";
import { Construct } from "constructs";
import { CERTIFICATE_AUTHORITY, type CertificateAuthorityInput } from "../aws/certificate-authority";
import { platformOf } from "../platform/scope";

export interface RolesAnywhereTrustProps {
  /**
   * The AWS Private CA under which SPIRE signs X.509-SVIDs. SPIRE's own CA changes every day, so it is no anchor.
   */
  readonly certificateAuthority: CertificateAuthorityInput;
}

/** Lets IAM Roles Anywhere verify the X.509-SVIDs of the platform's SPIRE. */
export class RolesAnywhereTrust extends Construct {
  /** Known after apply: write it into the platform's `aws.rolesAnywhere.trustAnchorArn` */
  public readonly trustAnchorArn: string;

  /** @throws DeclarationError `platform.malformed` */
  constructor(scope: Construct, id: string, props: RolesAnywhereTrustProps) {
    super(scope, id);
    const platform = platformOf(this);
    const acmPcaArn = CERTIFICATE_AUTHORITY.arnOf(props.certificateAuthority, {
      property: "certificateAuthority",
      where: `[${this.node.path}]`,
      code: "platform.malformed",
    });
    const anchor = new RolesanywhereTrustAnchor(this, "Resource", {
      name: `ambit-${platform.name}`,
      enabled: true,
      source: { sourceType: "AWS_ACM_PCA", sourceData: { acmPcaArn } },
    });
    this.trustAnchorArn = anchor.arn;
  }
}
