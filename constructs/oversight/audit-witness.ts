import type { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import { allow, PolicyDocument } from "../../iam";
import type { TopicInput } from "../aws/topic";
import { functionAlarms } from "../platform/function-alarms";
import { functionApi } from "../platform/function-api";
import { functionCode } from "../platform/function-code";
import { SigningKey } from "../platform/key";
import { nodeFunction } from "../platform/node-function";
import { serviceRole } from "../platform/service-role";
import { witnessAlarms } from "./private/witness-alarms";
import { type CheckedWitness, checkedWitness } from "./private/witness-checks";
import { type WitnessPlaces, witnessPlaces } from "./private/witness-places";
import { witnessTable } from "./private/witness-table";

export interface AuditWitnessProps {
  /** Where logs send checkpoints: a name, without `https://` */
  readonly host: string;
  /** ARN, known at synth, of the certificate for `host`, in AWS Certificate Manager: the witness is in its account and region */
  readonly certificateArn: string;
  /** Verifier keys of the logs that it cosigns, `name+id+key`, of type 1; a log may have several, and at most 16 in all */
  readonly logs: readonly string[];
  /**
   * Name of its own key, as verifiers know it: a web address without `https://`. Another name is another verifier key.
   *
   * @default - `host`
   */
  readonly name?: string;
  /**
   * Name of its function, role, table and API, and the begin of its keys' aliases: unique in the account.
   *
   * @default "ambit-witness"
   */
  readonly resourceName?: string;
  /**
   * Concurrent requests, reserved for the function out of the account's limit, and requests per second that API Gateway
   * lets through.
   *
   * @default 50
   */
  readonly concurrency?: number;
  /**
   * SNS topic of the witness's region to which alarms go.
   *
   * @default - none; alarms show in CloudWatch only
   */
  readonly alarmTopic?: TopicInput;
  /**
   * Whether key and table refuse to be deleted.
   *
   * @default true
   */
  readonly protectData?: boolean;
  /**
   * Path of the function's code, the archive that `npm run bundles` makes.
   *
   * @default - the one in this package
   */
  readonly code?: string;
}

const MEGABYTES = 512;
/** A log waits for ten seconds, and a cold start comes before. */
const SECONDS = 20;
/** Ed25519 over the message itself (KMS condition keys `kms:SigningAlgorithm` and `kms:MessageType`) */
const NOTES_ONLY = { "kms:MessageType": "RAW", "kms:SigningAlgorithm": "ED25519_SHA_512" } as const;

/**
 * A witness of audit logs (C2SP tlog-witness) as a function of AWS Lambda, in an account that the owner of the logs cannot enter. It cosigns a
 * checkpoint only where it goes on from the one that it cosigned before, so a log that is set back or shows two histories is found.
 *
 * It stands in any stack with an AWS provider of that account, and needs no platform. It asks no client who it is: only what a log
 * has signed counts.
 */
export class AuditWitness extends Construct {
  /** Submission prefix, for `witnesses` of the platform */
  public readonly url: string;
  /** Where the name `host` must lead: known after apply */
  public readonly target: { readonly domainName: string; readonly hostedZoneId: string };

  /** @throws DeclarationError `witness.malformed` */
  constructor(scope: Construct, id: string, props: AuditWitnessProps) {
    super(scope, id);
    const where = `[${this.node.path}]`;
    const checked = checkedWitness(this, props, where);
    const { host, concurrency, actions, certificate } = checked;
    const places = witnessPlaces(checked);
    const { name, owner, logGroup } = places;
    const path = functionCode("witness", props.code, where, "witness.malformed");
    const key = new SigningKey(this, "Key", { signs: "cosignatures", signer: places.roleArn, owner });
    const table = witnessTable(this, places);
    const access = this.makeRole(places, key.keyArn);
    const code = nodeFunction(this, {
      name,
      description: "Ambit witness of audit logs",
      roleArn: places.roleArn,
      path,
      config: witnessConfig(checked, places),
      megabytes: MEGABYTES,
      seconds: SECONDS,
      concurrency,
      log: { logGroup, of: { alias: "logs", whose: "the witness" }, owner },
      after: [access, table],
    });
    const route = { method: "POST", path: "/add-checkpoint" } as const;
    const { domainNameConfiguration: domain } = functionApi(this, {
      name,
      host,
      certificateArn: certificate.arn,
      route,
      limit: concurrency,
      code,
    });
    functionAlarms(this, { name, whose: "witness", actions });
    witnessAlarms(this, { name, logGroup, code, actions });
    this.url = `https://${host}`;
    this.target = { domainName: domain.targetDomainName, hostedZoneId: domain.hostedZoneId };
  }

  private makeRole(places: WitnessPlaces, keyArn: string): IamRolePolicy {
    const { access } = serviceRole(this, {
      id: "Role",
      name: places.name,
      description: "Ambit witness of audit logs",
      trust: PolicyDocument.of([
        { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
      ]),
      policyName: "ambit-witness",
      access: witnessAccess(places, keyArn),
    });
    return access;
  }
}

/** What the store of the runtime asks of one table, and a note's signature */
function witnessAccess({ functionArn, tableArn, logArn }: WitnessPlaces, keyArn: string): PolicyDocument {
  // Another function with this role cannot use the key.
  const byFunction = { ArnEquals: { "lambda:SourceFunctionArn": functionArn } };
  return PolicyDocument.of([
    allow("kms:GetPublicKey", keyArn, byFunction),
    allow("kms:Sign", keyArn, { StringEquals: NOTES_ONLY, ...byFunction }),
    // A table restored from a backup is another one: DescribeTable tells.
    allow(["dynamodb:BatchGetItem", "dynamodb:DescribeTable"], tableArn, byFunction),
    allow(["dynamodb:PutItem", "dynamodb:UpdateItem"], tableArn, byFunction),
    allow(["logs:CreateLogStream", "logs:PutLogEvents"], `${logArn}:*`),
  ]);
}

/** As runtime/audit/witness/lambda/config.ts reads it */
function witnessConfig({ keyName, logs }: CheckedWitness, { name, owner }: WitnessPlaces): object {
  return {
    name: keyName,
    key: owner.keyAlias("cosignatures"),
    logs,
    store: { table: name, region: owner.region },
  };
}
