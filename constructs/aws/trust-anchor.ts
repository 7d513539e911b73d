import type { RolesanywhereTrustAnchor } from "@cdktf/provider-aws/lib/rolesanywhere-trust-anchor";
import { Kind } from "./kind";

export const TRUST_ANCHOR = new Kind({
  what: "a trust anchor of IAM Roles Anywhere",
  service: "rolesanywhere",
  place: "region and account",
  resource: /^trust-anchor\/[a-f0-9-]{36}$/,
  example: "arn:aws:rolesanywhere:eu-central-1:111122223333:trust-anchor/0e0e0e0e-0000-4000-8000-000000000001",
  attribute: "trustAnchorArn",
  resources: { aws_rolesanywhere_trust_anchor: "arn" },
});

/** A trust anchor of IAM Roles Anywhere: `RolesAnywhereTrust` has one, and `TrustAnchor.fromTrustAnchorArn` */
export interface ITrustAnchor {
  readonly trustAnchorArn: string;
}

/** A trust anchor of IAM Roles Anywhere, as a construct of Ambit or of the provider, or its ARN */
export type TrustAnchorInput = ITrustAnchor | RolesanywhereTrustAnchor | string;

/** A trust anchor of IAM Roles Anywhere that is made elsewhere */
export class TrustAnchor implements ITrustAnchor {
  private constructor(public readonly trustAnchorArn: string) {}

  /**
   * A trust anchor by its ARN.
   *
   * @param trustAnchorArn may be a reference, known after apply
   * @throws DeclarationError `arn.malformed`
   */
  public static fromTrustAnchorArn(trustAnchorArn: string): TrustAnchor {
    return new TrustAnchor(
      TRUST_ANCHOR.checked(trustAnchorArn, {
        property: "trustAnchorArn",
        where: "trust anchor",
        code: "arn.malformed",
      }),
    );
  }
}
