import { Construct } from "constructs";
import { allow, PolicyDocument } from "../../iam";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "../platform/names";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import { serviceRole } from "../platform/service-role";

export interface GatewayRoleProps {
  readonly registryTableArn: string;
  /** ARN of the KMS key that encrypts it */
  readonly dataKeyArn: string;
}

/** The role of the gateway: it may read the signed registry, and nothing else. */
export class GatewayRole extends Construct {
  public readonly roleArn: string;

  constructor(scope: Construct, id: string, props: GatewayRoleProps) {
    super(scope, id);
    const platform = platformOf(this);
    serviceRole(this, {
      name: platform.gatewayRoleName,
      description: "Ambit gateway",
      account: { namespace: CONTROL_NAMESPACE, name: CONTROL_ACCOUNT.gateway },
      policyName: "ambit-gateway",
      access: gatewayAccess(platform, props),
    });
    this.roleArn = platform.gatewayRoleArn;
  }
}

function gatewayAccess(platform: Platform, { registryTableArn, dataKeyArn }: GatewayRoleProps): PolicyDocument {
  const throughTables = { StringEquals: { "kms:ViaService": `dynamodb.${platform.region}.amazonaws.com` } };
  return PolicyDocument.of([
    allow(["dynamodb:GetItem", "dynamodb:Query"], registryTableArn),
    allow("kms:Decrypt", dataKeyArn, throughTables),
  ]);
}
