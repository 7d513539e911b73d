import { Construct } from "constructs";
import { allow, PolicyDocument } from "../../iam";
import { KEY, type KeyInput } from "../aws/key";
import { TABLE, type TableInput } from "../aws/table";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "../platform/names";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import { serviceRole } from "../platform/service-role";

export interface GatewayRoleProps {
  /** What it reads: a table of the platform's account and region */
  readonly registryTable: TableInput;
  /** Encrypts the table */
  readonly dataKey: KeyInput;
}

/** The role of the gateway: it may read the signed registry, and nothing else. */
export class GatewayRole extends Construct {
  public readonly roleArn: string;

  /** @throws DeclarationError `gateway.malformed` */
  constructor(scope: Construct, id: string, props: GatewayRoleProps) {
    super(scope, id);
    const platform = platformOf(this);
    serviceRole(this, {
      name: platform.gatewayRoleName,
      description: "Ambit gateway",
      account: { namespace: CONTROL_NAMESPACE, name: CONTROL_ACCOUNT.gateway },
      policyName: "ambit-gateway",
      access: gatewayAccess(platform, props, `[${this.node.path}]`),
    });
    this.roleArn = platform.gatewayRoleArn;
  }
}

function gatewayAccess(platform: Platform, props: GatewayRoleProps, where: string): PolicyDocument {
  const { region, account } = platform;
  const asked = { where, code: "gateway.malformed", region } as const;
  const throughTables = { StringEquals: { "kms:ViaService": `dynamodb.${platform.region}.amazonaws.com` } };
  return PolicyDocument.of([
    allow(
      ["dynamodb:GetItem", "dynamodb:Query"],
      TABLE.arnOf(props.registryTable, { ...asked, property: "registryTable", account }),
    ),
    allow("kms:Decrypt", KEY.arnOf(props.dataKey, { ...asked, property: "dataKey" }), throughTables),
  ]);
}
