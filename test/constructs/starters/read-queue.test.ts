import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { Fleet, Starter } from "../../../constructs";
import type { EventProps } from "../../../domain";
import { registryOf } from "../../../domain";
import { Clerk, event, inbox } from "../../support/starters";
import { refusal } from "../../support/domain";
import { platformWith, statementsOf } from "../../support/synth";
import { identity, reacting } from "../../support/synthesized-starters";

const HERE = "arn:aws:sqs:eu-central-1:111122223333";
const QUEUE = `${HERE}:orders`;
const reading = (queue: unknown = QUEUE, changes: Partial<EventProps> = {}): Starter =>
  event({ from: { queue: queue as string }, ...changes });

describe("a queue of another owner", () => {
  test("is read by the function, and nothing else is made of it", () => {
    const template = reacting(reading(), { concurrency: 7 });
    expect(template.only(LambdaEventSourceMapping)).toMatchObject({
      batch_size: 1,
      event_source_arn: QUEUE,
      function_response_types: ["ReportBatchItemFailures"],
      scaling_config: { maximum_concurrency: 7 },
    });
    for (const kind of [SqsQueue, SqsQueuePolicy, CloudwatchMetricAlarm]) expect(template.all(kind)).toEqual([]);
    const { environment } = template.only(LambdaFunction) as unknown as {
      readonly environment: { readonly variables: { readonly AMBIT_CONFIG_JSON: string } };
    };
    expect(JSON.parse(environment.variables.AMBIT_CONFIG_JSON)).toMatchObject({ start: "event", from: "senders" });
  });

  test("is what the function's role reads, and no queue besides", () => {
    const queues = statementsOf(identity(reading()).only(IamRolePolicy).policy)
      .filter(({ Action }) => [Action].flat().some((action) => String(action).startsWith("sqs:")))
      .map(({ Action, Resource }) => [Action, Resource]);
    expect(queues).toEqual([[["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], QUEUE]]);
  });

  test.each<[string, EventProps["sources"], boolean]>([
    ["unknown, and so may be the agent's own", undefined, false],
    ["what no agent writes", [inbox], true],
    ["outside", { outside: { reason: "the shop's till alone writes to the queue" } }, true],
  ])("begins a clean session where its sources are %s: %j", (_, sources, isClean) => {
    const fleet = Fleet.of(Clerk).startedBy(reading(QUEUE, sources === undefined ? {} : { sources }));
    const { cleanEvents } = registryOf(fleet, platformWith()).agents.clerk?.tasks.react ?? {};
    expect(cleanEvents).toEqual(isClean ? ["https://arrivals.starters.prod.acme.example"] : undefined);
  });
});

const EXACT = "from.queue must be the exact ARN of a standard queue in SQS";
const OWN = "from.queue must be a queue of the platform's account and region (arn:aws:sqs:eu-central-1:111122223333:…)";
const other = (name: string): Starter =>
  Starter.event(name, { agent: Clerk, task: "react", path: "/events/inbox", from: { queue: QUEUE } });

test.each<[string, () => unknown, string]>([
  ["it is named by its name", () => reading("orders"), `${EXACT}, got "orders": write one such as "${QUEUE}"`],
  ["it is every queue", () => reading(`${HERE}:*`), EXACT],
  ["it keeps the order", () => reading(`${HERE}:orders.fifo`), EXACT],
  ["it is a topic", () => reading("arn:aws:sns:eu-central-1:111122223333:orders"), EXACT],
  [
    "it is said how often a message is tried, which its owner says",
    () => reading(QUEUE, { attempts: 3 }),
    "attempts must not stand beside from.queue, whose owner says how often a message is tried: leave it out, and set maxReceiveCount",
  ],
  [
    "two starters read it",
    () => Fleet.of(Clerk).startedBy(other("orders"), other("orders-too")),
    `another starter reads from.queue "${QUEUE}"`,
  ],
  ["it is of another account", () => reacting(reading(QUEUE.replace("1111", "9999"))), OWN],
  ["it is of another region", () => reacting(reading(QUEUE.replace("eu-central", "eu-west"))), OWN],
  ["it is of another partition", () => reacting(reading(QUEUE.replace("arn:aws:", "arn:aws-cn:"))), OWN],
  [
    "it is that of a starter",
    () => reacting(reading(`${HERE}:ambit-test-starter-nightly`)),
    "from.queue must be the queue of another owner, got that of a starter",
  ],
  [
    "an alarm is to tell of its dead letters",
    () => reacting(reading(), { alarmTopic: "arn:aws:sns:eu-central-1:111122223333:on-call" }),
    "alarmTopic is for dead letters, which are those of the owner of from.queue",
  ],
  [
    "its dead letters are to be put back",
    () => reacting(reading(), { redrivers: ["arn:aws:iam::111122223333:role/on-call"] }),
    "redrivers is for dead letters, which are those of the owner of from.queue",
  ],
])("fails when %s", (_, make, message) => {
  expect(refusal(make)).toEqual({ code: "starter.malformed", message: expect.stringContaining(message) });
});

test("fails when it is named beside a pattern", () => {
  const from = { queue: QUEUE, pattern: { source: ["shop"] } } as never;
  expect(refusal(() => event({ from }))).toMatchObject({ code: "property.unknown" });
});
