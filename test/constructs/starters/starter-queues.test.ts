import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { Starter } from "../../../constructs";
import type { Statement } from "../../../iam";
import { Clerk, event, schedule } from "../../support/starters";
import { statementsOf, type Template } from "../../support/synth";
import { reacting, scheduled } from "../../support/synthesized-starters";

const ARRIVALS = "arn:aws:sqs:eu-central-1:111122223333:ambit-prod-starter-arrivals";
const NIGHTLY = "arn:aws:sqs:eu-central-1:111122223333:ambit-prod-starter-nightly";
const RULE = "arn:aws:events:eu-central-1:111122223333:rule/ambit-prod-starter-arrivals";

/** Statements of the policies that are about sending to this queue */
const sending = (template: Template, queue: string): readonly Statement[] =>
  template
    .all(SqsQueuePolicy)
    .flatMap(({ policy }) => statementsOf(policy))
    .filter(({ Resource, Action }) => Resource === queue && Action === "sqs:SendMessage");

const others = (queue: string, but: object) => ({
  Sid: "Others",
  Effect: "Deny",
  Principal: "*",
  Action: "sqs:SendMessage",
  Resource: queue,
  Condition: { ArnNotEquals: but },
});

describe("the dead letters", () => {
  test("of a rule hold what EventBridge could not put into the queue, and nothing else sends there", () => {
    const template = reacting();
    expect(template.only(CloudwatchEventTarget)).toMatchObject({ dead_letter_config: { arn: `${ARRIVALS}-dead` } });
    expect(sending(template, `${ARRIVALS}-dead`)).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: `${ARRIVALS}-dead`,
        Condition: { ArnEquals: { "aws:SourceArn": RULE }, StringEquals: { "aws:SourceAccount": "111122223333" } },
      },
      others(`${ARRIVALS}-dead`, { "aws:SourceArn": [RULE, ARRIVALS] }),
    ]);
  });

  test("of buckets and topics come out of the queue alone", () => {
    const template = reacting(event({ from: { senders: ["arn:aws:s3:::acme-inbox"] } }));
    expect(sending(template, `${ARRIVALS}-dead`)).toEqual([others(`${ARRIVALS}-dead`, { "aws:SourceArn": ARRIVALS })]);
  });

  test("of a schedule are sent by its role, or come out of the queue", () => {
    expect(sending(scheduled(), `${NIGHTLY}-dead`)).toEqual([
      others(`${NIGHTLY}-dead`, {
        "aws:SourceArn": NIGHTLY,
        "aws:PrincipalArn": "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-schedule-nightly",
      }),
    ]);
  });
});

const ROLE = "arn:aws:iam::111122223333:role/on-call";

test.each([ROLE, "arn:aws:iam::111122223333:role/ops/on-call"])("%s may put dead letters back", (role) => {
  for (const [template, queue] of [
    [scheduled(schedule(), { redrivers: [role] }), NIGHTLY],
    [reacting(event(), { redrivers: [role] }), ARRIVALS],
  ] as const) {
    const but = sending(template, queue).at(-1)?.Condition?.ArnNotEquals as Readonly<Record<string, unknown>>;
    expect([but["aws:PrincipalArn"]].flat()).toContain(role);
  }
});

const ORDERS = { agent: Clerk, task: "react", path: "/events/inbox" } as const;
const from = (...senders: readonly string[]) => event({ from: { senders } });
const REDRIVERS = "redrivers[0] must be a role of IAM, or its ARN";

test.each([
  [
    "all may put letters back",
    () => scheduled(schedule(), { redrivers: ["*"] }),
    `starter "nightly": ${REDRIVERS}, got "*"`,
  ],
  ["all may put events back", () => reacting(event(), { redrivers: ["*"] }), `starter "arrivals": ${REDRIVERS}`],
  [
    "all roles may put letters back",
    () => scheduled(schedule(), { redrivers: ["arn:aws:iam::111122223333:role/*"] }),
    REDRIVERS,
  ],
  [
    "some roles may",
    () => scheduled(schedule(), { redrivers: ["arn:aws:iam::111122223333:role/o?s/on-call"] }),
    REDRIVERS,
  ],
  ["a whole account may", () => scheduled(schedule(), { redrivers: ["arn:aws:iam::111122223333:root"] }), REDRIVERS],
  [
    "another account's role may",
    () => scheduled(schedule(), { redrivers: [ROLE, ROLE.replace("1111", "9999")] }),
    "redrivers[1] must be a role of IAM in account 111122223333, got",
  ],
  [
    "all roles of an account that is not known yet may",
    () => scheduled(schedule(), { redrivers: ["arn:aws:iam::${var.account}:role/*"] }),
    REDRIVERS,
  ],
  [
    "a topic is of another account",
    () => reacting(from("arn:aws:sns:eu-central-1:999999999999:news")),
    "from.senders must be topics of the platform's account and region (arn:aws:sns:eu-central-1:111122223333:…)",
  ],
  [
    "a topic is of another region",
    () => reacting(from("arn:aws:sns:us-east-1:111122223333:news")),
    'got "arn:aws:sns:us-east-1:111122223333:news": name one there, to which the others are sent',
  ],
  [
    "a bucket is of another partition",
    () => reacting(from("arn:aws:s3:::acme-inbox", "arn:aws-cn:s3:::acme-other")),
    'from.senders must be buckets of the platform\'s partition "aws", got "arn:aws-cn:s3:::acme-other"',
  ],
  [
    "its queue would be that of another one's dead letters",
    () => reacting(Starter.event("orders-dead", { ...ORDERS, from: { pattern: { source: ["shop"] } } })),
    'starter "orders-dead": name must not end in "-dead"',
  ],
])("fails when %s", (_, make, message) => {
  expect(make).toThrow(message);
});
