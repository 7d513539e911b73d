import { Construct } from "constructs";
import { refuse, shown } from "../../domain";
import { allow, deny, PolicyDocument, type Statement } from "../../iam";
import { BUCKET, type BucketInput } from "../aws/bucket";
import { KEY, type KeyInput } from "../aws/key";
import { TABLE, type TableInput } from "../aws/table";
import { serviceAccountTrust } from "../platform/irsa";
import { AUDIT_LOG_PREFIX, CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "../platform/names";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import { serviceRole } from "../platform/service-role";
import { outboundAccess } from "./private/outbound-access";
import { functionName, logGroup } from "./private/function-names";

const ACCOUNT = { namespace: CONTROL_NAMESPACE, name: CONTROL_ACCOUNT.exchange };

export interface ExchangeRoleProps {
  /** Tables of the platform's account and region, as those of `ExchangeTables` */
  readonly stateTable: TableInput;
  readonly personKeyTable: TableInput;
  readonly registryTable: TableInput;
  /** Encrypts tables and audit log: a key of the platform's region */
  readonly dataKey: KeyInput;
  /** The one that signs, and the next: both are published */
  readonly tokenKeys: readonly KeyInput[];
  /** The one that signs the audit log's checkpoints */
  readonly logKey: KeyInput;
  /** Where the audit log is */
  readonly auditBucket: BucketInput;
  /**
   * Where the exchange runs: as `TokenExchange` in the cluster, as `TokenExchangeFunction` in Lambda, or as both.
   *
   * @default - in the cluster
   */
  readonly runsIn?: readonly ExchangePlace[];
}

const PLACES = ["cluster", "lambda"] as const satisfies readonly ExchangePlace[];
export type ExchangePlace = "cluster" | "lambda";

/** The role of the exchange: become this environment's agents, keep state, sign tokens. */
export class ExchangeRole extends Construct {
  public readonly roleArn: string;

  /** @throws DeclarationError `exchange.malformed` */
  constructor(scope: Construct, id: string, props: ExchangeRoleProps) {
    super(scope, id);
    const platform = platformOf(this);
    const { runsIn = ["cluster"] } = props;
    if (runsIn.length === 0 || runsIn.some((place) => !PLACES.includes(place))) {
      const what = `runsIn must name one or both of ${PLACES.join(", ")}`;
      refuse("exchange.malformed", `[${this.node.path}]`, `${what}, got ${shown(runsIn)}`);
    }
    serviceRole(this, {
      name: platform.exchangeRoleName,
      description: "Ambit exchange",
      account: ACCOUNT,
      trust: exchangeTrust(platform, runsIn),
      policyName: "ambit-exchange",
      access: exchangeAccess(platform, resourcesOf(props, platform, `[${this.node.path}]`), runsIn),
    });
    this.roleArn = platform.exchangeRoleArn;
  }
}

function exchangeTrust(platform: Platform, runsIn: readonly ExchangePlace[]): PolicyDocument {
  const trusts: Readonly<Record<ExchangePlace, readonly Statement[]>> = {
    cluster: serviceAccountTrust(platform, ACCOUNT.namespace, ACCOUNT.name).statements,
    lambda: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
  };
  return PolicyDocument.of(PLACES.filter((place) => runsIn.includes(place)).flatMap((place) => trusts[place]));
}

/** ARNs of what the role may use */
interface ExchangeResources {
  readonly stateTable: string;
  readonly personKeyTable: string;
  readonly registryTable: string;
  readonly dataKey: string;
  readonly tokenKeys: readonly string[];
  readonly logKey: string;
  readonly auditBucket: string;
}

function resourcesOf(props: ExchangeRoleProps, { region, account }: Platform, where: string): ExchangeResources {
  const asked = { where, code: "exchange.malformed" } as const;
  const table = (property: "personKeyTable" | "registryTable" | "stateTable"): string =>
    TABLE.arnOf(props[property], { ...asked, property, region, account });
  const key = (property: string, given: KeyInput): string => KEY.arnOf(given, { ...asked, property, region });
  return {
    stateTable: table("stateTable"),
    personKeyTable: table("personKeyTable"),
    registryTable: table("registryTable"),
    dataKey: key("dataKey", props.dataKey),
    tokenKeys: props.tokenKeys.map((given, index) => key(`tokenKeys[${index}]`, given)),
    logKey: key("logKey", props.logKey),
    auditBucket: BUCKET.arnOf(props.auditBucket, { ...asked, property: "auditBucket" }),
  };
}

function exchangeAccess(
  platform: Platform,
  props: ExchangeResources,
  runsIn: readonly ExchangePlace[],
): PolicyDocument {
  const agents = `arn:${platform.partition}:iam::${platform.account}:role${platform.agentRolePath}*`;
  const logs = `arn:${platform.partition}:logs:${platform.region}:${platform.account}:log-group:${logGroup(platform)}:*`;
  const throughTables = { StringEquals: { "kms:ViaService": `dynamodb.${platform.region}.amazonaws.com` } };
  const reads = ["dynamodb:BatchGetItem", "dynamodb:Query"];
  const writes = ["dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];
  return PolicyDocument.of([
    // A session without a source identity could not be told from another in the agents' own policies.
    allow(["sts:AssumeRole", "sts:SetSourceIdentity"], agents, { Null: { "sts:SourceIdentity": "false" } }),
    allow("sts:TagSession", agents),
    // A table restored from a backup is another one: DescribeTable tells.
    allow(["dynamodb:DescribeTable", ...reads, ...writes], props.stateTable),
    allow(["dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:PutItem"], props.personKeyTable),
    allow(["dynamodb:GetItem", "dynamodb:Query"], props.registryTable),
    allow("kms:Decrypt", props.dataKey, throughTables),
    allow(["kms:GetPublicKey", "kms:Sign"], props.tokenKeys),
    ...(runsIn.includes("cluster") ? auditLogAccess(platform, props) : []),
    ...outboundAccess(platform),
    ...(runsIn.includes("lambda")
      ? [allow(["logs:CreateLogStream", "logs:PutLogEvents"], logs), notByOtherFunctions(platform)]
      : []),
  ]);
}

/** Lambda takes the role for each function that is given it. Calls of pods name no function. */
function notByOtherFunctions(platform: Platform): Statement {
  const own = `arn:${platform.partition}:lambda:${platform.region}:${platform.account}:function:${functionName(platform)}`;
  return deny("*", "*", {
    Null: { "lambda:SourceFunctionArn": "false" },
    ArnNotEquals: { "lambda:SourceFunctionArn": own },
  });
}

/** It may append to the log and read it. It may delete nothing, and Object Lock keeps every version of an object. */
function auditLogAccess(platform: Platform, { auditBucket, logKey, dataKey }: ExchangeResources): readonly Statement[] {
  const throughS3 = { StringEquals: { "kms:ViaService": `s3.${platform.region}.amazonaws.com` } };
  return [
    allow(["s3:GetObject", "s3:PutObject"], `${auditBucket}/${AUDIT_LOG_PREFIX}*`),
    allow(["kms:Decrypt", "kms:GenerateDataKey"], dataKey, throughS3),
    allow(["kms:GetPublicKey", "kms:Sign"], logKey),
  ];
}
