import type { DataAwsSnsTopic } from "@cdktf/provider-aws/lib/data-aws-sns-topic";
import type { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { Kind } from "./kind";

export const TOPIC = new Kind({
  what: "a topic of SNS",
  service: "sns",
  place: "region and account",
  resource: /^[A-Za-z0-9_-]{1,256}(\.fifo)?$/,
  example: "arn:aws:sns:eu-central-1:111122223333:on-call",
  attribute: "topicArn",
  resources: { aws_sns_topic: "arn" },
});

/** A topic of SNS, such as `Topic.fromTopicArn` */
export interface ITopic {
  readonly topicArn: string;
}

/** A topic of SNS, as a construct of the provider, or its ARN */
export type TopicInput = ITopic | DataAwsSnsTopic | SnsTopic | string;

/** A topic of SNS that is made elsewhere */
export class Topic implements ITopic {
  private constructor(public readonly topicArn: string) {}

  /**
   * A topic by its ARN.
   *
   * @param topicArn may be a reference, known after apply
   * @throws DeclarationError `arn.malformed`
   */
  public static fromTopicArn(topicArn: string): Topic {
    return new Topic(TOPIC.checked(topicArn, { property: "topicArn", where: "topic", code: "arn.malformed" }));
  }
}
