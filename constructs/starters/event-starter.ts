import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { Construct } from "constructs";
import { refuse, shown } from "../../domain";
import { bucketOf, type CheckedOrigin } from "../../domain/event-origin";
import { platformOf } from "../platform/scope";
import { checkQueue, checkSenders, redriversOf } from "./private/starter-checks";
import { starterFunction, type StarterFunctionProps } from "./private/starter-function";
import { starterPlaces } from "./private/starter-places";
import { RETRY, starterQueue } from "./private/starter-queue";

export type EventStarterProps = StarterFunctionProps;

/** What sends to a queue of the starter's own */
type OwnOrigin = Exclude<CheckedOrigin, { kind: "queue" }>;

/**
 * Events that start one task, each once: a rule or what may send, a queue with dead letters, and a function that signs and asks. Where they
 * come in the queue of another owner, the function alone.
 */
export class EventStarter extends Construct {
  /** @throws DeclarationError `starter.malformed` */
  constructor(scope: Construct, id: string, props: EventStarterProps) {
    super(scope, id);
    const { occasion, attempts, where } = props.starter;
    if (occasion.start !== "event") {
      return refuse(
        "starter.malformed",
        where,
        "starter must be of events, got one of a schedule: use ScheduleStarter",
      );
    }
    const { origin } = occasion;
    if (origin.kind === "queue") this.readQueue(origin.queue, props);
    else this.makeQueue(origin, attempts, props);
  }

  /**
   * The queue and its dead letters belong to another owner: the function only reads the queue, and no queue is created.
   */
  private readQueue(queue: string, props: EventStarterProps): void {
    const { where } = props.starter;
    checkQueue(queue, platformOf(this), where);
    for (const name of ["alarmTopic", "redrivers"] as const) {
      if (props[name] === undefined) continue;
      const what = `${name} is for dead letters, which are those of the owner of from.queue, got ${shown(props[name])}`;
      refuse("starter.malformed", where, `${what}: leave it out`);
    }
    starterFunction(this, queue, props);
  }

  private makeQueue(origin: OwnOrigin, attempts: number, props: EventStarterProps): void {
    const { name: starter, target, where } = props.starter;
    const platform = platformOf(this);
    const { alarmTopic } = props;
    checkSenders(origin, platform, where);
    const redrivers = redriversOf(props, platform, where);
    const { name, queueArn, deadArn, ruleArn } = starterPlaces(platform, starter);
    const services = origin.kind === "bus" ? [ofBus(ruleArn(origin.bus))] : ofSenders(origin);
    const senders = { services, roles: redrivers };
    // What the rule could not put into the queue; S3 and SNS try by themselves.
    const losers = { services: origin.kind === "bus" ? services : [], roles: [] };
    const queue = starterQueue(this, { starter, attempts, senders, losers, alarmTopic, where });
    const code = starterFunction(this, queue.arn, props);
    if (origin.kind !== "bus") return;
    const rule = new CloudwatchEventRule(this, "Rule", {
      name,
      description: `Events that start ${target}`,
      eventBusName: origin.bus,
      eventPattern: JSON.stringify(origin.pattern),
    });
    new CloudwatchEventTarget(this, "Target", {
      rule: rule.name,
      eventBusName: origin.bus,
      arn: queueArn,
      retryPolicy: RETRY,
      deadLetterConfig: { arn: deadArn },
      dependsOn: [queue, code],
    });
  }
}

function ofBus(ruleArn: string) {
  return { service: "events.amazonaws.com", sourceArns: [ruleArn] };
}

function ofSenders({ senders }: Extract<CheckedOrigin, { kind: "senders" }>) {
  const buckets = senders.filter((sender) => bucketOf(sender) !== undefined);
  const topics = senders.filter((sender) => bucketOf(sender) === undefined);
  return [
    { service: "s3.amazonaws.com", sourceArns: buckets },
    { service: "sns.amazonaws.com", sourceArns: topics },
  ].filter(({ sourceArns }) => sourceArns.length > 0);
}
