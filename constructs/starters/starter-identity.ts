import { Construct } from "constructs";
import type { Starter } from "../../domain";
import { starterKeyUse } from "../../domain/registry/starters";
import { allow, PolicyDocument, type Statement } from "../../iam";
import { SigningKey } from "../platform/key";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import { serviceRole } from "../platform/service-role";
import { starterPlaces } from "./private/starter-places";

export interface StarterIdentityProps {
  readonly starter: Starter;
}

/** ES256, over a digest that the function has made (KMS condition keys `kms:SigningAlgorithm` and `kms:MessageType`) */
const START_TOKENS_ONLY = { "kms:MessageType": "DIGEST", "kms:SigningAlgorithm": "ECDSA_SHA_256" } as const;

/** Whose function it is decides who may pass the role (`iam:PassRole`). */
const FUNCTIONS: Statement = {
  Effect: "Allow",
  Principal: { Service: "lambda.amazonaws.com" },
  Action: "sts:AssumeRole",
};

/**
 * The keys of one starter, and the role of its function: sign with the first key, receive from its own queue, write its
 * own log. It belongs to the foundation, because the registry is signed with the keys' public parts before anything
 * starts.
 */
export class StarterIdentity extends Construct {
  public readonly roleArn: string;
  /** The first one signs; known after apply */
  public readonly keyArns: readonly string[];

  constructor(scope: Construct, id: string, { starter }: StarterIdentityProps) {
    super(scope, id);
    const platform = platformOf(this);
    this.roleArn = platform.starterRoleArn(starter.name);
    const keys = starter.keys.map(
      (key) => new SigningKey(this, `Key-${key}`, { signs: starterKeyUse(starter.name, key), signer: this.roleArn }),
    );
    this.keyArns = keys.map(({ keyArn }) => keyArn);
    serviceRole(this, {
      name: platform.starterName(starter.name),
      description: `Ambit starter of ${starter.target}`,
      trust: PolicyDocument.of([FUNCTIONS]),
      policyName: "ambit-starter",
      access: starterAccess(platform, starter, this.keyArns[0] as string),
    });
  }
}

function starterAccess(platform: Platform, { name, occasion }: Starter, keyArn: string): PolicyDocument {
  const { queueArn: own, logArn, functionArn } = starterPlaces(platform, name);
  const queueArn = occasion.start === "event" && occasion.origin.kind === "queue" ? occasion.origin.queue : own;
  return PolicyDocument.of([
    allow("kms:Sign", keyArn, {
      StringEquals: START_TOKENS_ONLY,
      // Another function with this role cannot sign.
      ArnEquals: { "lambda:SourceFunctionArn": functionArn },
    }),
    allow(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], queueArn),
    allow(["logs:CreateLogStream", "logs:PutLogEvents"], `${logArn}:*`),
  ]);
}
