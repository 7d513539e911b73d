import { type ErrorCode, refuse, shown } from "../../domain";

/** A standard topic, or one that keeps the order */
const TOPIC = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$/;

/**
 * Actions of an alarm: the SNS topic of this ARN; empty if undefined
 *
 * @throws DeclarationError of `code`
 */
export function alarmActions(arn: string | undefined, where: string, code: ErrorCode): readonly string[] {
  if (arn === undefined) return [];
  if (typeof arn === "string" && TOPIC.test(arn)) return [arn];
  const fix = 'write one such as "arn:aws:sns:eu-central-1:111122223333:on-call"';
  return refuse(code, where, `alarmTopicArn must be the ARN of a topic in SNS, got ${shown(arn)}: ${fix}`);
}
