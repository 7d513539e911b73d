import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import { dnsLabel } from "../../domain";
import { allow, PolicyDocument } from "../../iam";
import { serviceAccountTrust } from "../platform/irsa";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE, PLATFORM_PATH } from "../platform/names";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";

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

/** The role of OPA: fetch its bundle, and nothing else. */
export class OpaRole extends Construct {
  public readonly roleArn: string;

  constructor(scope: Construct, id: string, props: OpaRoleProps) {
    super(scope, id);
    const platform = platformOf(this);
    const account = dnsLabel(props.serviceAccount ?? CONTROL_ACCOUNT.opa, `[${this.node.path}]`, "serviceAccount");
    const role = new IamRole(this, "Resource", {
      name: platform.opaRoleName,
      path: PLATFORM_PATH,
      description: "OPA",
      assumeRolePolicy: serviceAccountTrust(platform, CONTROL_NAMESPACE, account).toTerraform(),
      maxSessionDuration: 3600,
    });
    new IamRolePolicy(this, "Access", {
      role: role.name,
      name: "ambit-opa",
      policy: opaAccess(platform, props).toTerraform(),
    });
    this.roleArn = platform.opaRoleArn;
  }
}

function opaAccess(platform: Platform, { objectArn, keyArn }: OpaRoleProps): PolicyDocument {
  const throughS3 = { StringEquals: { "kms:ViaService": `s3.${platform.region}.amazonaws.com` } };
  return PolicyDocument.of([allow("s3:GetObject", objectArn), allow("kms:Decrypt", keyArn, throughS3)]);
}
