import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import type { Construct } from "constructs";
import { type Condition, PolicyDocument, type Statement } from "../../../iam";
import { ALARM_ON_ANY } from "../../platform/alarm-on-any";
import type { TopicInput } from "../../aws/topic";
import { alarmActions } from "../../platform/alarm-topic";
import { platformOf } from "../../platform/scope";
import { starterPlaces } from "./starter-places";

/** For which a message is not given to another one: the function ends before, and the next try begins then. */
const VISIBILITY_SECONDS = 900;
/** For which EventBridge and Scheduler try to put a message into the queue, and how often */
export const RETRY = { maximumEventAgeInSeconds: 3_600, maximumRetryAttempts: 10 };
/** The longest retention that SQS has, so that a person has time to look at a dead letter */
const DEAD_SECONDS = 1_209_600;
const WAITING_SECONDS = 345_600;
const MOST_BYTES = 262_144;

/** Who may put messages into the queue */
export interface Senders {
  /** Services of AWS, each for exactly what it sends of */
  readonly services: readonly { readonly service: string; readonly sourceArns: readonly string[] }[];
  /** ARNs of roles, which their own policies let send */
  readonly roles: readonly string[];
}

export interface StarterQueueProps {
  /** Name of the starter */
  readonly starter: string;
  readonly attempts: number;
  readonly senders: Senders;
  /** What puts among the dead letters what did not get into the queue */
  readonly losers: Senders;
  /** Where an alarm tells of dead letters; undefined for CloudWatch alone */
  readonly alarmTopic: TopicInput | undefined;
  /** Of the declaration, for refusals */
  readonly where: string;
}

/** The queue of one starter, to which only its sources may send, and its dead-letter queue */
export function starterQueue(scope: Construct, props: StarterQueueProps): SqsQueue {
  const { starter, attempts, senders, losers, alarmTopic, where } = props;
  const platform = platformOf(scope);
  const actions = alarmActions(alarmTopic, { where, code: "starter.malformed", region: platform.region });
  const { name, deadName, queueArn, deadArn } = starterPlaces(platform, starter);
  const dead = new SqsQueue(scope, "DeadLetters", {
    name: deadName,
    messageRetentionSeconds: DEAD_SECONDS,
    sqsManagedSseEnabled: true,
    redriveAllowPolicy: JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [queueArn] }),
  });
  new SqsQueuePolicy(scope, "DeadLettersPolicy", {
    queueUrl: dead.url,
    policy: queuePolicy(deadArn, platform.account, losers, [queueArn]).toTerraform(),
  });
  const queue = new SqsQueue(scope, "Queue", {
    name,
    messageRetentionSeconds: WAITING_SECONDS,
    visibilityTimeoutSeconds: VISIBILITY_SECONDS,
    maxMessageSize: MOST_BYTES,
    sqsManagedSseEnabled: true,
    redrivePolicy: JSON.stringify({ deadLetterTargetArn: deadArn, maxReceiveCount: attempts }),
    dependsOn: [dead],
  });
  new SqsQueuePolicy(scope, "QueuePolicy", {
    queueUrl: queue.url,
    policy: queuePolicy(queueArn, platform.account, senders).toTerraform(),
  });
  new CloudwatchMetricAlarm(scope, "DeadLettersAlarm", {
    alarmName: `${deadName}-letters`,
    alarmDescription: "A start was put aside: the log of the starter says why",
    namespace: "AWS/SQS",
    metricName: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: deadName },
    statistic: "Maximum",
    ...ALARM_ON_ANY,
    alarmActions: [...actions],
    okActions: [...actions],
  });
  return queue;
}

/** @param from queues from which SQS itself moves dead letters here; these moves are not denied */
function queuePolicy(
  queueArn: string,
  account: string,
  { services, roles }: Senders,
  from: readonly string[] = [],
): PolicyDocument {
  const sources = [...services.flatMap(({ sourceArns }) => sourceArns), ...from];
  // Each key that is not there differs from all: a sender must be one of either.
  const others: Condition = {
    ArnNotEquals: {
      ...(sources.length > 0 && { "aws:SourceArn": sources }),
      ...(roles.length > 0 && { "aws:PrincipalArn": roles }),
    },
  };
  return PolicyDocument.of([
    ...services.map(({ service, sourceArns }): Statement => ({
      Effect: "Allow",
      Principal: { Service: service },
      Action: "sqs:SendMessage",
      Resource: queueArn,
      Condition: { ArnEquals: { "aws:SourceArn": sourceArns }, StringEquals: { "aws:SourceAccount": account } },
    })),
    { Sid: "Others", Effect: "Deny", Principal: "*", Action: "sqs:SendMessage", Resource: queueArn, Condition: others },
    overTls(queueArn),
  ]);
}

function overTls(queueArn: string): Statement {
  return {
    Sid: "PlainHttp",
    Effect: "Deny",
    Principal: "*",
    Action: "sqs:*",
    Resource: queueArn,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
