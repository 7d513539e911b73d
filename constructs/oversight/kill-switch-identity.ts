import { Construct } from "constructs";
import { KILL_SWITCH_KEY_USE } from "../../domain/kill-order";
import { allow, PolicyDocument } from "../../iam";
import { SigningKey } from "../platform/key";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import { serviceRole } from "../platform/service-role";
import { killSwitchPlaces } from "./private/kill-switch-places";

/** ES256, over a digest that the function has made (KMS condition keys `kms:SigningAlgorithm` and `kms:MessageType`) */
const ORDERS_ONLY = { "kms:MessageType": "DIGEST", "kms:SigningAlgorithm": "ECDSA_SHA_256" } as const;

/**
 * The key of the kill switch, and the role of its function: attach AWSDenyAll to roles of agents, sign, write its own
 * log. RBAC grants its rights in the cluster.
 *
 * It belongs to the foundation, because the registry is signed with its public key before any agent can be stopped.
 */
export class KillSwitchIdentity extends Construct {
  public readonly roleArn: string;
  /** Known after apply */
  public readonly keyArn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const platform = platformOf(this);
    this.roleArn = platform.killSwitchRoleArn;
    this.keyArn = new SigningKey(this, "Key", { signs: KILL_SWITCH_KEY_USE, signer: this.roleArn }).keyArn;
    serviceRole(this, {
      name: platform.killSwitchName,
      description: "Ambit kill switch",
      trust: PolicyDocument.of([
        { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
      ]),
      policyName: "ambit-kill-switch",
      access: killSwitchAccess(platform, this.keyArn),
    });
  }
}

function killSwitchAccess(platform: Platform, keyArn: string): PolicyDocument {
  const { denyAllArn, functionArn, logArn } = killSwitchPlaces(platform);
  const agents = `arn:${platform.partition}:iam::${platform.account}:role${platform.agentRolePath}*`;
  // Another function with this role cannot use it.
  const byFunction = { "lambda:SourceFunctionArn": functionArn };
  return PolicyDocument.of([
    allow("iam:AttachRolePolicy", agents, { ArnEquals: { "iam:PolicyARN": denyAllArn, ...byFunction } }),
    allow("kms:Sign", keyArn, { StringEquals: ORDERS_ONLY, ArnEquals: byFunction }),
    allow(["logs:CreateLogStream", "logs:PutLogEvents"], `${logArn}:*`),
  ]);
}
