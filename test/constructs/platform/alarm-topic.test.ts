import { alarmActions } from "../../../constructs/platform/alarm-topic";
import { refusal } from "../../support/domain";

const ACCOUNT = "arn:aws:sns:eu-central-1:111122223333";
const told = (arn: unknown) => alarmActions(arn as string, "here", "starter.malformed");

test.each([`${ACCOUNT}:on-call`, `${ACCOUNT}:on-call.fifo`, "arn:aws-cn:sns:cn-north-1:111122223333:On_Call"])(
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
])("fails for %j, which is no topic", (arn) => {
  expect(refusal(() => told(arn))).toMatchObject({
    code: "starter.malformed",
    message: expect.stringContaining("here: alarmTopicArn must be the ARN of a topic in SNS, got"),
  });
});
