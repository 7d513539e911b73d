import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { EksAccessEntry } from "@cdktf/provider-aws/lib/eks-access-entry";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { RoleBindingV1 } from "@cdktf/provider-kubernetes/lib/role-binding-v1";
import { RoleV1 } from "@cdktf/provider-kubernetes/lib/role-v1";
import { AdmissionPolicies } from "../../../constructs/admission";
import { registryDocument } from "../../../constructs/agent/fleet-documents";
import { KillList, KillSwitch, KillSwitchIdentity, type KillSwitchProps } from "../../../constructs/oversight";
import { fleet } from "../../../fleet";
import { readKillSwitchConfig } from "../../../runtime/kill-switch/config";
import { newStack, platformWith, statementsOf, Template } from "../../support/synth";

const folder = mkdtempSync(join(tmpdir(), "ambit-kill-switch-"));
const code = join(folder, "kill-switch.zip");
writeFileSync(code, "the code");
afterAll(() => rmSync(folder, { recursive: true }));

const WITH = { killSwitch: true };
const ROLE = "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-kill-switch";
const FUNCTION = "arn:aws:lambda:eu-central-1:111122223333:function:ambit-prod-kill-switch";
const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const ID = "spiffe://prod.acme.example/ns/ambit-system/sa/ambit-exchange";
const ALARM = "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:agent-runs-wild";

function switched(changes: Partial<Omit<KillSwitchProps, "list">> = {}, platform = platformWith(WITH)): Template {
  const stack = newStack(platform);
  const list = new KillList(stack, "KillList", { after: [] });
  new KillSwitch(stack, "KillSwitch", { list, code, ...changes });
  return Template.of(stack);
}

function identity(): Template {
  const stack = newStack(platformWith(WITH));
  new KillSwitchIdentity(stack, "KillSwitch");
  return Template.of(stack);
}

const configOf = (template: Template) => {
  const { environment } = template.only(LambdaFunction) as { environment: { variables: Record<string, string> } };
  return readKillSwitchConfig(environment.variables.AMBIT_CONFIG_JSON);
};

describe("what the kill switch may do", () => {
  test("attach AWSDenyAll to roles of agents, sign orders, and write its own log: nothing else, and by its own function alone", () => {
    const byFunction = { "lambda:SourceFunctionArn": FUNCTION };
    expect(statementsOf(identity().only(IamRolePolicy).policy)).toEqual([
      {
        Effect: "Allow",
        Action: "iam:AttachRolePolicy",
        Resource: "arn:aws:iam::111122223333:role/ambit/agents/prod/*",
        Condition: { ArnEquals: { "iam:PolicyARN": "arn:aws:iam::aws:policy/AWSDenyAll", ...byFunction } },
      },
      {
        Effect: "Allow",
        Action: "kms:Sign",
        Resource: expect.stringMatching(/^\$\{aws_kms_key\.KillSwitch_Key_\w+\.arn\}$/),
        Condition: {
          StringEquals: { "kms:MessageType": "DIGEST", "kms:SigningAlgorithm": "ECDSA_SHA_256" },
          ArnEquals: byFunction,
        },
      },
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/ambit-prod-kill-switch:*",
      },
    ]);
  });

  test("Lambda alone takes its role", () => {
    const { assume_role_policy: trust } = identity().only(IamRole);
    expect(statementsOf(trust)).toEqual([
      { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    ]);
  });

  test("in the cluster it changes one ConfigMap, and reads nothing", () => {
    const template = switched();
    expect(template.only(RoleV1)).toMatchObject({
      metadata: { name: "ambit-kill-switch", namespace: "ambit-system" },
      rule: [
        { api_groups: [""], resources: ["configmaps"], resource_names: ["ambit-killed-agents"], verbs: ["patch"] },
      ],
    });
    expect(template.only(RoleBindingV1)).toMatchObject({
      role_ref: { kind: "Role", name: "ambit-kill-switch" },
      subject: [{ kind: "Group", name: "ambit:kill-switch" }],
    });
    expect(template.only(EksAccessEntry)).toMatchObject({
      principal_arn: ROLE,
      kubernetes_groups: ["ambit:kill-switch"],
      type: "STANDARD",
    });
  });

  test("admission lets its group write the list, where there is a kill switch", () => {
    const records = (platform = platformWith()): string => {
      const stack = newStack(platform);
      new AdmissionPolicies(stack, "Admission", { killers: { groups: ["acme:on-call"] } });
      return JSON.stringify(Template.of(stack).all(Manifest));
    };
    expect(records(platformWith(WITH))).toContain("ambit:kill-switch");
    expect(records(platformWith(WITH))).toContain("may only add to ambit-killed-agents");
    expect(records()).not.toContain("ambit:kill-switch");
  });
});

describe("a deploy lifts nothing", () => {
  test("the list's data is left alone", () => {
    expect(switched().only(ConfigMapV1)).toMatchObject({ lifecycle: { ignore_changes: ["data"] } });
    expect(switched().only(ConfigMapV1)).not.toHaveProperty("data");
  });
});

describe("the function", () => {
  test("is configured with its exchange and the list that it writes", () => {
    expect(configOf(switched())).toMatchObject({
      issuer: "https://kill-switch.prod.acme.example",
      exchange: { issuer: "https://exchange.prod.acme.example" },
      key: "alias/ambit/prod/kill-switch",
      roles: { partition: "aws", platform: "prod" },
      cluster: { namespace: "ambit-system", list: "ambit-killed-agents" },
      region: "eu-central-1",
    });
    const address = "https://operators.acme.example";
    expect(configOf(switched({ exchange: "https://tokens.acme.example", exchangeAddress: address })).exchange).toEqual({
      issuer: "https://tokens.acme.example",
      address,
    });
  });

  test("is told which authority vouches for the exchange, and which SPIFFE ID it shows", () => {
    const server = { exchangeAddress: "https://operators.acme.example", exchangeCa: PEM, exchangeSpiffeId: ID };
    expect(configOf(switched(server)).exchange).toMatchObject({ ca: PEM, spiffeId: ID });
  });

  test("the registry names it, with the alias of the key that the foundation makes", () => {
    const { trust } = registryDocument({ platform: platformWith(WITH), fleet });
    const alias = identity().only(KmsAlias).name;
    expect(trust.killSwitch).toEqual({ issuer: "https://kill-switch.prod.acme.example", kms: [alias] });
    expect(registryDocument({ platform: platformWith(), fleet }).trust).not.toHaveProperty("killSwitch");
  });

  test("an event that was not carried out is tried twice more", () => {
    expect(switched().only(LambdaFunctionEventInvokeConfig)).toMatchObject({
      maximum_retry_attempts: 2,
      maximum_event_age_in_seconds: 3_600,
    });
  });

  test("a finding of GuardDuty on a role of an agent, from severity 7 on, calls it", () => {
    const pattern = (template: Template): object =>
      JSON.parse(template.only(CloudwatchEventRule).event_pattern as string) as object;
    expect(pattern(switched())).toEqual({
      source: ["aws.guardduty"],
      "detail-type": ["GuardDuty Finding"],
      detail: {
        severity: [{ numeric: [">=", 7] }],
        accountId: ["111122223333"],
        resource: { accessKeyDetails: { userType: ["AssumedRole"], userName: [{ prefix: "prod." }] } },
      },
    });
    expect(pattern(switched({ findingsFrom: 4 }))).toMatchObject({ detail: { severity: [{ numeric: [">=", 4] }] } });
    expect(switched({ findingsFrom: "never" }).all(CloudwatchEventRule)).toEqual([]);
    expect(switched({ findingsFrom: "never" }).all(LambdaPermission)).toEqual([]);
  });

  test("an alarm that is named may call it, and no other", () => {
    expect(switched({ findingsFrom: "never", alarms: [ALARM] }).only(LambdaPermission)).toMatchObject({
      principal: "lambda.alarms.cloudwatch.amazonaws.com",
      source_arn: ALARM,
      source_account: "111122223333",
    });
  });

  test("a step that failed and a call that ended with an error alarm, and tell the topic", () => {
    const topic = "arn:aws:sns:eu-central-1:111122223333:on-call";
    const alarms = switched({ alarmTopic: topic }).all(CloudwatchMetricAlarm);
    expect(alarms.map(({ metric_name: metric, alarm_actions: told }) => [metric, told])).toEqual([
      ["Errors", [topic]],
      ["KillStepsFailed", [topic]],
    ]);
  });
});

test.each<readonly [what: string, changes: object, message: string]>([
  [
    "the exchange is no address",
    { exchange: "exchange" },
    'exchange must be an https address without a path, got "exch',
  ],
  ["its address has a path", { exchangeAddress: "https://a.example/x" }, "exchangeAddress must be an https address"],
  ["its authority is a path", { exchangeCa: "root.pem" }, 'exchangeCa must be certificates in PEM, got "root.pem"'],
  ["its authority is a key", { exchangeCa: PEM.replaceAll("CERTIFICATE", "PRIVATE KEY") }, "exchangeCa must be cert"],
  ["its authorities are many", { exchangeCa: PEM.repeat(40) }, "exchangeCa must be 2048 characters of PEM at most"],
  [
    "its SPIFFE ID is of another trust domain",
    { exchangeCa: PEM, exchangeSpiffeId: ID.replace("prod", "test") },
    "exchangeSpiffeId must be a SPIFFE ID of the platform's trust domain",
  ],
  [
    "its SPIFFE ID has no path",
    { exchangeCa: PEM, exchangeSpiffeId: "spiffe://prod.acme.example/" },
    "must be a SPIFFE",
  ],
  ["no authority vouches for its SPIFFE ID", { exchangeSpiffeId: ID }, "exchangeSpiffeId needs exchangeCa"],
  ["findings are from too low on", { findingsFrom: 0 }, 'findingsFrom must be from 1 to 10, or "never", got 0'],
  ["findings are from no number on", { findingsFrom: NaN }, "findingsFrom must be from 1 to 10"],
  [
    "an alarm is of another account",
    { alarms: ["arn:aws:cloudwatch:eu-central-1:444455556666:alarm:x"] },
    "alarms[0] must be an alarm of CloudWatch in region eu-central-1 and account 111122223333, got",
  ],
  ["an alarm is a pattern", { alarms: [`${ALARM}*`] }, "alarms[0] must be an alarm of CloudWatch, or its ARN"],
  ["the topic is none", { alarmTopic: "on-call" }, "alarmTopic must be a topic of SNS, or its ARN"],
  ["the code is not there", { code: "/none.zip" }, "the function's code must be at /none.zip, got nothing"],
])("fails when %s", (_, changes, message) => {
  expect(() => switched(changes)).toThrow(message);
  expect(() => switched(changes)).toThrow(expect.objectContaining({ code: "kill-switch.malformed" }));
});

test("fails when the platform has no kill switch", () => {
  expect(() => switched({}, platformWith())).toThrow("the platform must have a kill switch");
});

test("fails when the platform does not say whether it has one", () => {
  expect(() => platformWith({ killSwitch: "yes" as never })).toThrow('killSwitch must be true or false, got "yes"');
});
