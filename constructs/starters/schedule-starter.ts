import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { SchedulerScheduleGroup } from "@cdktf/provider-aws/lib/scheduler-schedule-group";
import { Construct } from "constructs";
import { refuse } from "../../domain";
import { allow, PolicyDocument } from "../../iam";
import { PLATFORM_PATH } from "../platform/names";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import { serviceRole } from "../platform/service-role";
import { redriversOf } from "./private/starter-checks";
import { starterFunction, type StarterFunctionProps } from "./private/starter-function";
import { starterPlaces } from "./private/starter-places";
import { RETRY, starterQueue } from "./private/starter-queue";

export type ScheduleStarterProps = StarterFunctionProps;

/** What the schedule sends: the moment it was meant for, which names the start (EventBridge Scheduler, "Context attributes") */
const MESSAGE = JSON.stringify({ scheduled: "<aws.scheduler.scheduled-time>" });

/** A schedule that starts one task: EventBridge Scheduler, a queue with dead letters, and a function that signs and asks. */
export class ScheduleStarter extends Construct {
  /** @throws DeclarationError `starter.malformed` */
  constructor(scope: Construct, id: string, props: ScheduleStarterProps) {
    super(scope, id);
    const { name: starter, occasion, attempts, where } = props.starter;
    if (occasion.start !== "schedule") {
      return refuse("starter.malformed", where, "starter must be of a schedule, got one of events: use EventStarter");
    }
    const platform = platformOf(this);
    const { alarmTopic } = props;
    const redrivers = redriversOf(props, platform, where);
    const { name, queueArn, deadArn } = starterPlaces(platform, starter);
    const roleArn = this.makeRole(platform, starter, queueArn);
    const senders = { services: [], roles: [roleArn, ...redrivers] };
    const losers = { services: [], roles: [roleArn] };
    const queue = starterQueue(this, { starter, attempts, senders, losers, alarmTopic, where });
    const code = starterFunction(this, queue.arn, props);
    const group = new SchedulerScheduleGroup(this, "Group", { name });
    const { expression, timeZone } = occasion.time;
    new SchedulerSchedule(this, "Schedule", {
      name,
      groupName: group.name,
      scheduleExpression: expression,
      ...(timeZone !== undefined && { scheduleExpressionTimezone: timeZone }),
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: queueArn,
        roleArn,
        input: MESSAGE,
        retryPolicy: RETRY,
        deadLetterConfig: { arn: deadArn },
      },
      dependsOn: [queue, code],
    });
  }

  /** Scheduler takes it for this starter's schedules alone, and sends to its two queues. */
  private makeRole(platform: Platform, starter: string, queueArn: string): string {
    const { scheduleGroupArn, deadArn } = starterPlaces(platform, starter);
    const name = `ambit-${platform.name}-schedule-${starter}`;
    serviceRole(this, {
      id: "ScheduleRole",
      name,
      description: `Ambit schedule of starter ${starter}`,
      trust: PolicyDocument.of([
        {
          Effect: "Allow",
          Principal: { Service: "scheduler.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: {
            ArnEquals: { "aws:SourceArn": scheduleGroupArn },
            StringEquals: { "aws:SourceAccount": platform.account },
          },
        },
      ]),
      policyName: "ambit-schedule",
      access: PolicyDocument.of([allow("sqs:SendMessage", [queueArn, deadArn])]),
    });
    return `arn:${platform.partition}:iam::${platform.account}:role${PLATFORM_PATH}${name}`;
  }
}
