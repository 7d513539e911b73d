import { Construct } from "constructs";
import { allow, PolicyDocument } from "../../iam";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "../platform/names";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import { serviceRole } from "../platform/service-role";
import { outboundAccess } from "./private/outbound-access";

export interface ExchangeRoleProps {
  readonly stateTableArn: string;
  readonly registryTableArn: string;
  readonly dataKeyArn: string;
  /** The one that signs, and the next: both are published */
  readonly tokenKeyArns: readonly string[];
}

/** The role of the exchange: become this environment's agents, keep state, sign tokens. */
export class ExchangeRole extends Construct {
  public readonly roleArn: string;

  constructor(scope: Construct, id: string, props: ExchangeRoleProps) {
    super(scope, id);
    const platform = platformOf(this);
    serviceRole(this, {
      name: platform.exchangeRoleName,
      description: "Ambit exchange",
      account: { namespace: CONTROL_NAMESPACE, name: CONTROL_ACCOUNT.exchange },
      policyName: "ambit-exchange",
      access: exchangeAccess(platform, props),
    });
    this.roleArn = platform.exchangeRoleArn;
  }
}

export function exchangeAccess(platform: Platform, props: ExchangeRoleProps): PolicyDocument {
  const agents = `arn:${platform.partition}:iam::${platform.account}:role${platform.agentRolePath}*`;
  const throughTables = { StringEquals: { "kms:ViaService": `dynamodb.${platform.region}.amazonaws.com` } };
  const reads = ["dynamodb:BatchGetItem", "dynamodb:Query"];
  const writes = ["dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];
  return PolicyDocument.of([
    // A session without a source identity could not be told from another in the agents' own policies.
    allow(["sts:AssumeRole", "sts:SetSourceIdentity"], agents, { Null: { "sts:SourceIdentity": "false" } }),
    allow("sts:TagSession", agents),
    // A table restored from a backup is another one: DescribeTable tells.
    allow(["dynamodb:DescribeTable", ...reads, ...writes], props.stateTableArn),
    allow(["dynamodb:GetItem", "dynamodb:Query"], props.registryTableArn),
    allow("kms:Decrypt", props.dataKeyArn, throughTables),
    allow(["kms:GetPublicKey", "kms:Sign"], props.tokenKeyArns),
    ...outboundAccess(platform),
  ]);
}
