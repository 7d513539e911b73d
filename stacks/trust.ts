import type { Construct } from "constructs";
import { OidcTrust } from "../constructs/identity/oidc-trust";
import { AmbitStack, type AmbitStackProps } from "../constructs/platform/ambit-stack";
import { withoutCreationStacks } from "../constructs/platform/creation-stacks";

/** What AWS believes: the keys of our SPIRE. Its issuer must answer before this is applied. */
export class TrustStack extends AmbitStack {
  constructor(scope: Construct, id: string, props: AmbitStackProps) {
    super(scope, id, props);
    withoutCreationStacks(() => {
      this.useAws();
      new OidcTrust(this, "Oidc");
    });
  }
}
