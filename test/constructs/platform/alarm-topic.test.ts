import { alarmActions } from "../../../constructs/platform/alarm-topic";
import { refusal } from "../../support/domain";

const ACCOUNT = "arn:aws:sns:eu-central-1:111122223333";
const PLACE = { where: "here", code: "starter.malformed", region: "eu-central-1" } as const;
const told = (topic: unknown) => alarmActions(topic as string, PLACE);

test.each([`${ACCOUNT}:on-call`, `${ACCOUNT}:on-call.fifo`, "arn:aws:sns:eu-central-1:444455556666:On_Call"])(
  "alarms of every function may tell the topic %s",
  (arn) => expect(told(arn)).toEqual([arn]),
);

test("without a topic alarms tell nothing", () => expect(told(undefined)).toEqual([]));

test.each([
  "on-call",
  `${ACCOUNT}:on.call`,
  `${ACCOUNT}:on-call.fifo.fifo`,
  `${ACCOUNT}:${"a".repeat(257)}`,
  `${ACCOUNT}:on-call:2f3a0e0c-subscription`,
  "arn:aws:sqs:eu-central-1:111122223333:on-call",
  [`${ACCOUNT}:on-call`],
])("fails for %j, which is no topic", (topic) => {
  expect(refusal(() => told(topic))).toMatchObject({
    code: "starter.malformed",
    message: expect.stringContaining("here: alarmTopic must be a topic of SNS, or its ARN, got"),
  });
});

test("fails for a topic of another region, which CloudWatch refuses", () => {
  const topic = "arn:aws-cn:sns:cn-north-1:111122223333:on-call";
  expect(refusal(() => told(topic))).toMatchObject({
    code: "starter.malformed",
    message: `here: alarmTopic must be a topic of SNS in region eu-central-1, got "${topic}"`,
  });
});
