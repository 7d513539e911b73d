import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { Agent, Fleet } from "../../../constructs";
import type { Statement } from "../../../iam";
import { readStarterConfig } from "../../../runtime/starters/config";
import { specWith } from "../../support/agents";
import { Clerk, event, schedule } from "../../support/starters";
import { newStack, platformWith, statementsOf, type Template } from "../../support/synth";
import { identity, reacting, scheduled } from "../../support/synthesized-starters";

const QUEUE = "arn:aws:sqs:eu-central-1:111122223333:ambit-prod-starter-nightly";
const ROLE = "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-starter-nightly";
const SCHEDULE_ROLE = "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-schedule-nightly";

const configOf = (template: Template) => {
  const { environment } = template.only(LambdaFunction) as { environment: { variables: Record<string, string> } };
  expect(Object.keys(environment.variables)).toEqual(["AMBIT_CONFIG_JSON"]);
  return readStarterConfig(environment.variables.AMBIT_CONFIG_JSON);
};

describe("who a starter is", () => {
  test("its role signs start tokens with its first key, takes from its own queue, and writes its own log", () => {
    expect(statementsOf(identity().only(IamRolePolicy).policy)).toEqual([
      {
        Effect: "Allow",
        Action: "kms:Sign",
        Resource: expect.stringMatching(/^\$\{aws_kms_key\.Starter_Key-1_\w+\.arn\}$/),
        Condition: {
          StringEquals: { "kms:MessageType": "DIGEST", "kms:SigningAlgorithm": "ECDSA_SHA_256" },
          ArnEquals: {
            "lambda:SourceFunctionArn": "arn:aws:lambda:eu-central-1:111122223333:function:ambit-prod-starter-nightly",
          },
        },
      },
      {
        Effect: "Allow",
        Action: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
        Resource: QUEUE,
      },
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/ambit-prod-starter-nightly:*",
      },
    ]);
  });

  test("Lambda alone takes the role", () => {
    const { assume_role_policy: trust, name, path } = identity().only(IamRole);
    expect([path, name]).toEqual(["/ambit/platform/", "ambit-prod-starter-nightly"]);
    expect(statementsOf(trust)).toEqual([
      { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    ]);
  });

  test("each of its keys is on P-256 and signs for the role alone", () => {
    const template = identity(schedule({ keys: ["2", "1"] }));
    expect(template.all(KmsAlias).map(({ name }) => name)).toEqual([
      "alias/ambit/prod/starter/nightly/1",
      "alias/ambit/prod/starter/nightly/2",
    ]);
    const [{ Resource: signsWith }] = statementsOf(template.only(IamRolePolicy).policy) as [Statement];
    expect(signsWith).toMatch(/Key-2/);
    for (const key of template.all(KmsKey)) {
      expect(key).toMatchObject({ customer_master_key_spec: "ECC_NIST_P256", key_usage: "SIGN_VERIFY" });
      const sign = statementsOf(key.policy).find(({ Sid }) => Sid === "Sign");
      expect(sign?.Condition).toEqual({ ArnEquals: { "aws:PrincipalArn": ROLE } });
    }
  });
});

describe("a schedule", () => {
  test("puts its moment into the queue, at the time and in the zone that are declared", () => {
    expect(scheduled().only(SchedulerSchedule)).toMatchObject({
      name: "ambit-prod-starter-nightly",
      schedule_expression: "cron(0 4 * * ? *)",
      schedule_expression_timezone: "Europe/Berlin",
      flexible_time_window: { mode: "OFF" },
      target: {
        arn: QUEUE,
        role_arn: SCHEDULE_ROLE,
        input: '{"scheduled":"<aws.scheduler.scheduled-time>"}',
        dead_letter_config: { arn: `${QUEUE}-dead` },
        retry_policy: { maximum_event_age_in_seconds: 3_600, maximum_retry_attempts: 10 },
      },
    });
    expect(
      scheduled(schedule({ at: "rate(1 hour)", timeZone: undefined as never })).only(SchedulerSchedule),
    ).not.toHaveProperty("schedule_expression_timezone");
  });

  test("has a role that Scheduler takes for this group of schedules alone, and that sends to its two queues", () => {
    const template = scheduled();
    const role = template.only(IamRole);
    expect(role.name).toBe("ambit-prod-schedule-nightly");
    expect(statementsOf(role.assume_role_policy)).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: "scheduler.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          ArnEquals: {
            "aws:SourceArn": "arn:aws:scheduler:eu-central-1:111122223333:schedule-group/ambit-prod-starter-nightly",
          },
          StringEquals: { "aws:SourceAccount": "111122223333" },
        },
      },
    ]);
    expect(statementsOf(template.only(IamRolePolicy).policy)).toEqual([
      { Effect: "Allow", Action: "sqs:SendMessage", Resource: [QUEUE, `${QUEUE}-dead`] },
    ]);
  });

  test("nothing but its role may put anything into the queue", () => {
    const policies = scheduled()
      .all(SqsQueuePolicy)
      .map(({ policy }) => statementsOf(policy));
    const [others] = policies.flat().filter(({ Sid, Resource }) => Sid === "Others" && Resource === QUEUE);
    expect(others).toEqual({
      Sid: "Others",
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:SendMessage",
      Resource: QUEUE,
      Condition: { ArnNotEquals: { "aws:PrincipalArn": SCHEDULE_ROLE } },
    });
    expect(policies.flat().filter(({ Effect }) => Effect === "Allow")).toEqual([]);
  });

  test("its function is told what it starts, and nothing secret", () => {
    expect(configOf(scheduled(schedule({ body: { day: "yesterday" }, keys: ["2", "1"] })))).toEqual({
      name: "nightly",
      start: "schedule",
      issuer: "https://nightly.starters.prod.acme.example",
      audience: "https://exchange.prod.acme.example",
      agent: "spiffe://prod.acme.example/ns/apps/sa/clerk",
      task: "sweep",
      address: "https://clerk.agents.acme.example/sweep",
      method: "POST",
      body: { day: "yesterday" },
      key: "alias/ambit/prod/starter/nightly/2",
      region: "eu-central-1",
    });
    expect(configOf(scheduled(schedule(), { exchange: "https://tokens.acme.example" })).audience).toBe(
      "https://tokens.acme.example",
    );
  });
});

describe("the queue and its function", () => {
  test("a message is tried as often as declared, encrypted, and then kept for 14 days", () => {
    const [dead, queue] = scheduled(schedule({ attempts: 3 })).all(SqsQueue);
    expect(queue).toMatchObject({
      name: "ambit-prod-starter-nightly",
      sqs_managed_sse_enabled: true,
      max_message_size: 262_144,
      visibility_timeout_seconds: 900,
      redrive_policy: JSON.stringify({ deadLetterTargetArn: `${QUEUE}-dead`, maxReceiveCount: 3 }),
    });
    expect(dead).toMatchObject({
      name: "ambit-prod-starter-nightly-dead",
      sqs_managed_sse_enabled: true,
      message_retention_seconds: 1_209_600,
      redrive_allow_policy: JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [QUEUE] }),
    });
  });

  test("the function has its own role and concurrency, and ends before a message is given to another", () => {
    const template = scheduled(schedule(), { concurrency: 7 });
    expect(template.only(LambdaFunction)).toMatchObject({
      function_name: "ambit-prod-starter-nightly",
      role: ROLE,
      handler: "main.handler",
      timeout: 600,
      reserved_concurrent_executions: 7,
    });
    expect(template.only(LambdaEventSourceMapping)).toMatchObject({
      event_source_arn: expect.stringMatching(/^\$\{aws_sqs_queue\.Starter_Queue_\w+\.arn\}$/),
      batch_size: 1,
      function_response_types: ["ReportBatchItemFailures"],
      scaling_config: { maximum_concurrency: 7 },
    });
    expect(scheduled().only(LambdaFunction).reserved_concurrent_executions).toBe(2);
  });

  test("its log is kept for a year, under a key of its own", () => {
    const template = scheduled();
    expect(template.only(CloudwatchLogGroup)).toMatchObject({
      name: "/aws/lambda/ambit-prod-starter-nightly",
      retention_in_days: 365,
      kms_key_id: expect.stringMatching(/^\$\{aws_kms_key\.Starter_LogKey_\w+\.arn\}$/),
    });
    expect(template.only(KmsAlias).name).toBe("alias/ambit/prod/starter-logs/nightly");
  });

  test("an alarm reports dead letters to its topic", () => {
    const topic = "arn:aws:sns:eu-central-1:111122223333:on-call";
    expect(scheduled(schedule(), { alarmTopic: topic }).only(CloudwatchMetricAlarm)).toMatchObject({
      dimensions: { QueueName: "ambit-prod-starter-nightly-dead" },
      threshold: 0,
      alarm_actions: [topic],
    });
    expect(scheduled().only(CloudwatchMetricAlarm).alarm_actions).toEqual([]);
  });
});

describe("events", () => {
  test("of a bus get into the queue by a rule, which alone may send", () => {
    const template = reacting(event({ from: { bus: "orders", pattern: { source: ["shop"] } } }));
    expect(template.only(CloudwatchEventRule)).toMatchObject({
      name: "ambit-prod-starter-arrivals",
      event_bus_name: "orders",
      event_pattern: '{"source":["shop"]}',
    });
    expect(template.only(CloudwatchEventTarget)).toMatchObject({ arn: QUEUE.replace("nightly", "arrivals") });
    const rule = "arn:aws:events:eu-central-1:111122223333:rule/orders/ambit-prod-starter-arrivals";
    const [allowed, others] = template
      .all(SqsQueuePolicy)
      .map(({ policy }) => statementsOf(policy))
      .flat()
      .filter(
        ({ Action, Resource }) => Action === "sqs:SendMessage" && Resource === QUEUE.replace("nightly", "arrivals"),
      );
    expect(allowed).toMatchObject({
      Principal: { Service: "events.amazonaws.com" },
      Condition: { ArnEquals: { "aws:SourceArn": rule }, StringEquals: { "aws:SourceAccount": "111122223333" } },
    });
    expect(others?.Condition).toEqual({ ArnNotEquals: { "aws:SourceArn": rule } });
  });

  test("of the default bus are of a rule without the bus in its name", () => {
    const policies = JSON.stringify(reacting().all(SqsQueuePolicy));
    expect(policies).toContain("rule/ambit-prod-starter-arrivals");
  });

  test("of buckets and topics are sent by them, and there is no rule", () => {
    const senders = ["arn:aws:sns:eu-central-1:111122223333:news", "arn:aws:s3:::acme-inbox"];
    const template = reacting(event({ from: { senders } }), { redrivers: ["arn:aws:iam::111122223333:role/on-call"] });
    expect(template.all(CloudwatchEventRule)).toEqual([]);
    const statements = template
      .all(SqsQueuePolicy)
      .map(({ policy }) => statementsOf(policy))
      .flat();
    expect(statements.filter(({ Effect }) => Effect === "Allow").map(({ Principal }) => Principal)).toEqual([
      { Service: "s3.amazonaws.com" },
      { Service: "sns.amazonaws.com" },
    ]);
    const queue = QUEUE.replace("nightly", "arrivals");
    expect(statements.find(({ Sid, Resource }) => Sid === "Others" && Resource === queue)?.Condition).toEqual({
      ArnNotEquals: {
        "aws:SourceArn": ["arn:aws:s3:::acme-inbox", "arn:aws:sns:eu-central-1:111122223333:news"],
        "aws:PrincipalArn": "arn:aws:iam::111122223333:role/on-call",
      },
    });
  });

  test("say for which start they are, and bring their own body", () => {
    const config = configOf(reacting());
    expect(config).toMatchObject({
      start: "event",
      task: "react",
      address: "https://clerk.agents.acme.example/events/inbox",
    });
    expect(config).not.toHaveProperty("body");
    expect(config.from).toBe("bus");
    expect(configOf(reacting(event({ from: { senders: ["arn:aws:s3:::acme-inbox"] } }))).from).toBe("senders");
  });
});

test("its keys go with it, even from a protected platform: only starts are lost", () => {
  const keys = [...identity().all(KmsKey), ...scheduled().all(KmsKey)];
  expect(keys.length).toBe(2);
  for (const key of keys) expect(key).not.toHaveProperty("lifecycle");
});

test("a starter of the fleet proves its start on a platform without starters, for its own task alone", () => {
  const platform = platformWith({ starters: [] });
  const tasks = { sweep: { startedBy: "schedule" } } as const;
  const sweeper = () => new Agent(newStack(platform), "small", specWith({ tasks }));
  expect(sweeper).toThrow("is started by schedule, and the platform names no starter for schedule");
  const fleet = Fleet.of(Clerk).startedBy(schedule());
  expect(() => new Clerk(newStack(platform, fleet))).toThrow('task "react" is started by event');
});
