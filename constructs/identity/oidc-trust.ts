import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { Construct } from "constructs";
import { platformOf } from "../platform/scope";

export interface OidcTrustProps {
  /**
   * Audiences that tokens may carry, each at most 255 characters.
   *
   * @default - `sts.amazonaws.com`
   */
  readonly audiences?: readonly string[];
}

/**
 * Lets IAM verify the JWT-SVIDs of the platform's SPIRE.
 *
 * The issuer must answer before this is applied: without a thumbprint IAM fetches its keys at once.
 */
export class OidcTrust extends Construct {
  public readonly providerArn: string;

  constructor(scope: Construct, id: string, props: OidcTrustProps = {}) {
    super(scope, id);
    const platform = platformOf(this);
    new IamOpenidConnectProvider(this, "Resource", {
      url: platform.issuer,
      clientIdList: [...(props.audiences ?? ["sts.amazonaws.com"])],
    });
    this.providerArn = platform.oidcProviderArn(platform.issuer);
  }
}
