import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { Construct } from "constructs";
import { STS_AUDIENCE } from "../platform/names";
import { platformOf } from "../platform/scope";

/**
 * Lets IAM verify the JWT-SVIDs of the platform's SPIRE that are meant for STS, and no others.
 *
 * The issuer must answer before this is applied: without a thumbprint IAM fetches its keys at once.
 */
export class OidcTrust extends Construct {
  public readonly providerArn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const platform = platformOf(this);
    new IamOpenidConnectProvider(this, "Resource", { url: platform.issuer, clientIdList: [STS_AUDIENCE] });
    this.providerArn = platform.oidcProviderArn(platform.issuer);
  }
}
