import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventStarter, ScheduleStarter } from "../../../constructs/starters";
import type { Statement } from "../../../iam";
import { event, schedule } from "../../support/starters";
import { newStack, statementsOf, Template } from "../../support/synth";

const folder = mkdtempSync(join(tmpdir(), "ambit-queues-"));
const code = join(folder, "starter.zip");
writeFileSync(code, "the code");
afterAll(() => rmSync(folder, { recursive: true }));

const ARRIVALS = "arn:aws:sqs:eu-central-1:111122223333:ambit-prod-starter-arrivals";
const NIGHTLY = "arn:aws:sqs:eu-central-1:111122223333:ambit-prod-starter-nightly";
const RULE = "arn:aws:events:eu-central-1:111122223333:rule/ambit-prod-starter-arrivals";

function reacting(starter = event(), changes: object = {}): Template {
  const stack = newStack();
  new EventStarter(stack, "Starter", { starter, code, ...changes });
  return Template.of(stack);
}

function scheduled(): Template {
  const stack = newStack();
  new ScheduleStarter(stack, "Starter", { starter: schedule(), code });
  return Template.of(stack);
}

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
