import { Apigatewayv2Api } from "@cdktf/provider-aws/lib/apigatewayv2-api";
import { Apigatewayv2DomainName } from "@cdktf/provider-aws/lib/apigatewayv2-domain-name";
import { Apigatewayv2Route } from "@cdktf/provider-aws/lib/apigatewayv2-route";
import { Apigatewayv2Stage } from "@cdktf/provider-aws/lib/apigatewayv2-stage";
import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { DynamodbResourcePolicy } from "@cdktf/provider-aws/lib/dynamodb-resource-policy";
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { App } from "cdktf";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { judgedJson } from "../../../constructs/platform/judged-stack";
import type { AuditWitnessProps } from "../../../constructs/oversight";
import { AuditWitness } from "../../../constructs/oversight";
import { readWitnessConfig } from "../../../runtime/audit/witness/lambda/config";
import { testApp } from "../../support/app";
import { keysOf } from "../../support/audit/log-of-records";
import { temporaryFolder } from "../../support/bundles";
import { TOKEN } from "../../support/domain";
import { CLOCK, newStack, platformWith, statementsOf, Template } from "../../support/synth";
import { LOG_VKEY, WITNESS_ACCOUNT, WITNESS_CERTIFICATE, WitnessStack } from "../../support/witness-stack";

const code = join(temporaryFolder("witness"), "witness.zip");
writeFileSync(code, "the code");

const ROLE = `arn:aws:iam::${WITNESS_ACCOUNT}:role/ambit/platform/ambit-witness`;
const FUNCTION = `arn:aws:lambda:eu-central-1:${WITNESS_ACCOUNT}:function:ambit-witness`;
const TABLE = `arn:aws:dynamodb:eu-central-1:${WITNESS_ACCOUNT}:table/ambit-witness`;
const TOPIC = `arn:aws:sns:eu-central-1:${WITNESS_ACCOUNT}:on-call`;
const ROOT = { AWS: `arn:aws:iam::${WITNESS_ACCOUNT}:root` };

function made(changes: Partial<AuditWitnessProps> = {}) {
  const stack = new WitnessStack(testApp(), "witness", { code, ...changes });
  return { witness: stack.witness, template: Template.in(App.of(stack) as App, "witness") };
}

function configOf(changes: Partial<AuditWitnessProps> = {}) {
  const { environment } = made(changes).template.only(LambdaFunction) as {
    environment: { variables: Readonly<Record<string, string>> };
  };
  return readWitnessConfig(environment.variables.AMBIT_CONFIG_JSON);
}

test("guardrails find nothing in the stack of a witness", () => {
  const stack = new WitnessStack(testApp(), "witness", { code });
  stack.prepareStack();
  expect(() => judgedJson(stack, stack.toTerraform(), { ...platformWith(), clock: CLOCK, images: {} })).not.toThrow();
});

describe("what a witness may do", () => {
  test("sign notes with its key, read and write its table, and write its own log: nothing else, and by its own function alone", () => {
    const byFunction = { "lambda:SourceFunctionArn": FUNCTION };
    const key = expect.stringMatching(/^\$\{aws_kms_key\.Witness_Key_\w+\.arn\}$/);
    expect(statementsOf(made().template.only(IamRolePolicy).policy)).toEqual([
      { Effect: "Allow", Action: "kms:GetPublicKey", Resource: key, Condition: { ArnEquals: byFunction } },
      {
        Effect: "Allow",
        Action: "kms:Sign",
        Resource: key,
        Condition: {
          StringEquals: { "kms:MessageType": "RAW", "kms:SigningAlgorithm": "ED25519_SHA_512" },
          ArnEquals: byFunction,
        },
      },
      {
        Effect: "Allow",
        Action: ["dynamodb:BatchGetItem", "dynamodb:DescribeTable"],
        Resource: TABLE,
        Condition: { ArnEquals: byFunction },
      },
      {
        Effect: "Allow",
        Action: ["dynamodb:PutItem", "dynamodb:UpdateItem"],
        Resource: TABLE,
        Condition: { ArnEquals: byFunction },
      },
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `arn:aws:logs:eu-central-1:${WITNESS_ACCOUNT}:log-group:/aws/lambda/ambit-witness:*`,
      },
    ]);
  });

  test("Lambda alone takes its role", () => {
    const role = made().template.only(IamRole);
    expect(role).toMatchObject({ name: "ambit-witness", path: "/ambit/platform/" });
    expect(statementsOf(role.assume_role_policy)).toEqual([
      { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    ]);
  });
});

describe("what it knows", () => {
  test("its table has no backups, as one of before would cosign once more, and refuses to be deleted", () => {
    expect(made().template.only(DynamodbTable)).toMatchObject({
      name: "ambit-witness",
      hash_key: "pk",
      range_key: "sk",
      point_in_time_recovery: { enabled: false },
      deletion_protection_enabled: true,
      lifecycle: { prevent_destroy: true },
    });
  });

  test("only its role writes into the table", () => {
    const { policy, resource_arn } = made().template.only(DynamodbResourcePolicy);
    expect(resource_arn).toMatch(/^\$\{aws_dynamodb_table\.Witness_Table_\w+\.arn\}$/);
    expect(statementsOf(policy)).toEqual([
      {
        Sid: "WrittenByTheWitnessAlone",
        Effect: "Deny",
        Principal: "*",
        Action: [
          "dynamodb:BatchWriteItem",
          "dynamodb:DeleteItem",
          "dynamodb:PartiQLDelete",
          "dynamodb:PartiQLInsert",
          "dynamodb:PartiQLUpdate",
          "dynamodb:PutItem",
          "dynamodb:UpdateItem",
        ],
        Resource: TABLE,
        Condition: { ArnNotEquals: { "aws:PrincipalArn": ROLE } },
      },
    ]);
  });

  test("its key is Ed25519, signs for its role alone, and is not destroyed", () => {
    const { template } = made();
    const [key] = template.all(KmsKey).filter(({ key_usage }) => key_usage === "SIGN_VERIFY");
    expect(key).toMatchObject({
      customer_master_key_spec: "ECC_NIST_EDWARDS25519",
      deletion_window_in_days: 30,
      lifecycle: { prevent_destroy: true },
    });
    expect(statementsOf(key?.policy).filter(({ Action }) => [Action].flat().includes("kms:Sign"))).toEqual([
      {
        Sid: "Sign",
        Effect: "Allow",
        Principal: ROOT,
        Action: "kms:Sign",
        Resource: "*",
        Condition: { ArnEquals: { "aws:PrincipalArn": ROLE } },
      },
    ]);
    expect(template.all(KmsAlias).map(({ name }) => name)).toEqual([
      "alias/ambit-witness/cosignatures",
      "alias/ambit-witness/logs",
    ]);
  });

  test("what can be thrown away says so", () => {
    const { template } = made({ protectData: false });
    const open = { lifecycle: { prevent_destroy: false } };
    expect(template.only(DynamodbTable)).toMatchObject({ deletion_protection_enabled: false, ...open });
    expect(template.all(KmsKey).find(({ key_usage }) => key_usage === "SIGN_VERIFY")).toMatchObject(open);
  });
});

test("its configuration is one that the function takes", () => {
  expect(configOf()).toEqual({
    name: "witness.other.example",
    key: "alias/ambit-witness/cosignatures",
    logs: [LOG_VKEY],
    store: { table: "ambit-witness", region: "eu-central-1" },
  });
  const two = [LOG_VKEY, keysOf("log.example").vkey];
  expect(configOf({ logs: two, name: "other.example/w", resourceName: "acme-witness" })).toEqual({
    name: "other.example/w",
    key: "alias/acme-witness/cosignatures",
    logs: two,
    store: { table: "acme-witness", region: "eu-central-1" },
  });
});

test("where it is follows from its certificate, in any partition", () => {
  const certificateArn = WITNESS_CERTIFICATE.replace(":aws:", ":aws-us-gov:").replace("eu-central-1", "us-gov-west-1");
  const { template } = made({ certificateArn });
  expect(template.only(LambdaFunction).role).toBe(ROLE.replace(":aws:", ":aws-us-gov:"));
  expect(configOf({ certificateArn }).store.region).toBe("us-gov-west-1");
});

test("it is reached under its host alone, over TLS 1.2 or later, for checkpoints alone, as fast as its concurrency allows", () => {
  const { template, witness } = made({ concurrency: 20 });
  expect(witness.url).toBe("https://witness.other.example");
  expect(template.only(Apigatewayv2Api)).toMatchObject({ protocol_type: "HTTP", disable_execute_api_endpoint: true });
  expect(template.only(Apigatewayv2DomainName)).toMatchObject({
    domain_name: "witness.other.example",
    domain_name_configuration: { certificate_arn: WITNESS_CERTIFICATE, security_policy: "TLS_1_2" },
  });
  expect(template.only(Apigatewayv2Route).route_key).toBe("POST /add-checkpoint");
  expect(template.only(Apigatewayv2Stage)).toMatchObject({
    default_route_settings: { throttling_burst_limit: 20, throttling_rate_limit: 20 },
  });
  expect(template.only(LambdaFunction)).toMatchObject({ reserved_concurrent_executions: 20, timeout: 20 });
  expect(template.only(LambdaPermission)).toMatchObject({
    principal: "apigateway.amazonaws.com",
    source_arn: expect.stringMatching(
      /^\$\{aws_apigatewayv2_api\.\w+\.execution_arn\}\/\$default\/POST\/add-checkpoint$/,
    ),
  });
});

test("alarms fire when two histories were signed, and when it fails, is throttled or is slow", () => {
  const { template } = made({ alarmTopic: TOPIC });
  const alarms = template.all(CloudwatchMetricAlarm);
  for (const alarm of alarms) expect(alarm).toMatchObject({ alarm_actions: [TOPIC], ok_actions: [TOPIC] });
  expect(alarms.map(({ metric_name, threshold }) => [metric_name, threshold])).toEqual([
    ["Duration", 3000],
    ["Errors", 0],
    ["ambit-witness-failed", 0],
    ["ambit-witness-forked", 0],
    ["Throttles", 0],
  ]);
  expect(template.all(CloudwatchLogMetricFilter).map(({ pattern }) => pattern)).toEqual([
    '{ $.event = "witness.failed" || $.event = "witness.crashed" }',
    '{ $.event = "witness.split-view" || $.event = "witness.inconsistent" }',
  ]);
});

const HTTPS = "https://witness.other.example";
const WITNESS_VKEY = keysOf("witness.other.example", "cosignature").vkey;
const KEY = "[witness/Witness]: logs[0] must be the verifier key of a log, name+id+key, of type 1, got";
const many = Array.from({ length: 17 }, (_, at) => keysOf(`log-${at}.example`).vkey);
const long = Array.from({ length: 12 }, (_, at) => keysOf(`${"l".repeat(250)}${at}`).vkey);
test.each<[string, Partial<AuditWitnessProps>, string]>([
  ["no log is named", { logs: [] }, "logs must be the verifier keys of 1 to 16 logs, got 0"],
  ["logs are no list", { logs: LOG_VKEY as never }, `1 to 16 logs, got "${LOG_VKEY}"`],
  ["more logs are named than it takes", { logs: many }, "1 to 16 logs, got 17"],
  ["names of logs are longer than its environment", { logs: long }, "logs must have 3072 characters in all"],
  ["a log's key is none", { logs: ["log.example"] }, `${KEY} "log.example"`],
  ["a log's key is known at apply alone", { logs: [TOKEN] }, "logs[0] must be a plain string known at synth"],
  ["the id of a log's key is another one", { logs: [LOG_VKEY.replace("+dd", "+de")] }, KEY],
  ["a log's key is that of a witness", { logs: [WITNESS_VKEY] }, `${KEY} one of type 4, "${WITNESS_VKEY}"`],
  ["a log's key is named twice", { logs: [LOG_VKEY, LOG_VKEY] }, "logs must name each key once"],
  ["its host is an address", { host: HTTPS }, `host must be a name such as witness.other.example, got "${HTTPS}"`],
  ["its host is an IP address", { host: "192.0.2.1" }, "host must be a name such as"],
  ["its name is an address", { name: HTTPS }, "name must be a name such as witness.other.example, without https://"],
  ["its name has a plus", { name: "a+b.example" }, 'got "a+b.example"'],
  ["its certificate is none", { certificateArn: "witness" }, "certificateArn must be the ARN of a certificate of ACM"],
  ["its resources have a path", { resourceName: "acme/witness" }, "resourceName must be a name such as ambit-witness"],
  ["it has no concurrency", { concurrency: 0 }, "concurrency must be a whole number from 1 to 900, got 0"],
  ["its topic is none", { alarmTopic: "on-call" }, "alarmTopic must be a topic of SNS, or its ARN"],
  ["it is to be protected by a word", { protectData: "no" as never }, 'protectData must be true or false, got "no"'],
  ["its code is not there", { code: "/nowhere/witness.zip" }, "name the archive that npm run bundles makes"],
  ["a property is misspelt", { ...({ log: [] } as object) }, 'has no property "log"'],
])("fails when %s", (_, changes, message) => {
  expect(() => made(changes)).toThrow(message);
});

describe("beside the platform whose log it is to watch", () => {
  const platform = platformWith();
  const OWN = keysOf("prod.acme.example/audit").vkey;
  const beside = (account: string, logs: readonly string[]) => {
    const stack = newStack(platform);
    const certificateArn = WITNESS_CERTIFICATE.replace(WITNESS_ACCOUNT, account);
    return new AuditWitness(stack, "Witness", { host: "witness.other.example", certificateArn, logs, code });
  };

  test("fails when it is in the same account", () => {
    expect(() => beside("111122223333", [LOG_VKEY, OWN])).toThrow(
      '[test/Witness]: certificateArn must be of another account than that of the log "prod.acme.example/audit", got "111122223333", the account of platform "prod": put the witness into an account that owners of the platform cannot enter',
    );
  });

  test("another account is taken, and the same one for logs of others", () => {
    expect(beside(WITNESS_ACCOUNT, [OWN]).url).toBe("https://witness.other.example");
    expect(beside("111122223333", [LOG_VKEY]).url).toBe("https://witness.other.example");
  });
});
