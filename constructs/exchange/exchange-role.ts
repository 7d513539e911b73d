import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import { allow, PolicyDocument } from "../../iam";
import { serviceAccountTrust } from "../platform/irsa";
import { CONTROL_NAMESPACE, PLATFORM_PATH } from "../platform/names";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";

/** Kubernetes service account of the exchange, in the control namespace */
export const EXCHANGE_SERVICE_ACCOUNT = "ambit-exchange";

export interface ExchangeRoleProps {
  readonly stateTableArn: string;
  readonly registryTableArn: string;
  readonly dataKeyArn: string;
  readonly tokenKeyArn: string;
  readonly registryKeyArn: string;
  readonly auditBucketArn: string;
}

/** The role of the exchange: become this environment's agents, keep state, sign tokens, write audit records. */
export class ExchangeRole extends Construct {
  public readonly roleArn: string;

  constructor(scope: Construct, id: string, props: ExchangeRoleProps) {
    super(scope, id);
    const platform = platformOf(this);
    const role = new IamRole(this, "Resource", {
      name: platform.exchangeRoleName,
      path: PLATFORM_PATH,
      description: "Ambit exchange",
      assumeRolePolicy: serviceAccountTrust(platform, CONTROL_NAMESPACE, EXCHANGE_SERVICE_ACCOUNT).toTerraform(),
      maxSessionDuration: 3600,
    });
    new IamRolePolicy(this, "Access", {
      role: role.name,
      name: "ambit-exchange",
      policy: exchangeAccess(platform, props).toTerraform(),
    });
    this.roleArn = platform.exchangeRoleArn;
  }
}

export function exchangeAccess(platform: Platform, props: ExchangeRoleProps): PolicyDocument {
  const agents = `arn:${platform.partition}:iam::${platform.account}:role${platform.agentRolePath}*`;
  const through = (service: string) => ({
    StringEquals: { "kms:ViaService": `${service}.${platform.region}.amazonaws.com` },
  });
  const reads = ["dynamodb:GetItem", "dynamodb:Query"];
  const writes = ["dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];
  return PolicyDocument.of([
    // A session without a source identity could not be told from another in the agents' own policies.
    allow(["sts:AssumeRole", "sts:SetSourceIdentity"], agents, { Null: { "sts:SourceIdentity": "false" } }),
    allow("sts:TagSession", agents),
    allow([...reads, ...writes], props.stateTableArn),
    allow(reads, props.registryTableArn),
    allow("kms:Decrypt", props.dataKeyArn, through("dynamodb")),
    allow(["kms:Decrypt", "kms:GenerateDataKey"], props.dataKeyArn, through("s3")),
    allow("kms:Sign", props.tokenKeyArn),
    allow("kms:GetPublicKey", [props.registryKeyArn, props.tokenKeyArn]),
    allow("s3:PutObject", `${props.auditBucketArn}/*`),
  ]);
}
