import { Construct } from "constructs";
import { dnsLabel } from "../../domain";
import { allow, PolicyDocument } from "../../iam";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "../platform/names";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import { serviceRole } from "../platform/service-role";

export interface OpaRoleProps {
  /** ARN of the object that holds the bundle */
  readonly objectArn: string;
  /** ARN of the KMS key that encrypts it */
  readonly keyArn: string;
  /**
   * Service account in the control namespace whose pods run OPA; `"ambit-gateway"` where it is a sidecar.
   *
   * @default "ambit-opa"
   */
  readonly serviceAccount?: string;
}

/** The role of OPA: it may fetch the bundle, and nothing else. */
export class OpaRole extends Construct {
  public readonly roleArn: string;

  constructor(scope: Construct, id: string, props: OpaRoleProps) {
    super(scope, id);
    const platform = platformOf(this);
    const account = dnsLabel(props.serviceAccount ?? CONTROL_ACCOUNT.opa, `[${this.node.path}]`, "serviceAccount");
    serviceRole(this, {
      name: platform.opaRoleName,
      description: "OPA",
      account: { namespace: CONTROL_NAMESPACE, name: account },
      policyName: "ambit-opa",
      access: opaAccess(platform, props),
    });
    this.roleArn = platform.opaRoleArn;
  }
}

function opaAccess(platform: Platform, { objectArn, keyArn }: OpaRoleProps): PolicyDocument {
  const throughS3 = { StringEquals: { "kms:ViaService": `s3.${platform.region}.amazonaws.com` } };
  return PolicyDocument.of([allow("s3:GetObject", objectArn), allow("kms:Decrypt", keyArn, throughS3)]);
}
