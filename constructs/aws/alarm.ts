import type { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Kind } from "./kind";

export const ALARM = new Kind({
  what: "an alarm of CloudWatch",
  service: "cloudwatch",
  place: "region and account",
  resource: /^alarm:[^*?]+$/,
  example: "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:spending",
  attribute: "alarmArn",
  resources: { aws_cloudwatch_metric_alarm: "arn" },
});

/** An alarm of CloudWatch, such as `Alarm.fromAlarmArn` */
export interface IAlarm {
  readonly alarmArn: string;
}

/** An alarm of CloudWatch, as a construct of the provider, or its ARN */
export type AlarmInput = IAlarm | CloudwatchMetricAlarm | string;

/** An alarm of CloudWatch that is made elsewhere */
export class Alarm implements IAlarm {
  private constructor(public readonly alarmArn: string) {}

  /**
   * An alarm by its ARN.
   *
   * @param alarmArn may be a reference, known after apply
   * @throws DeclarationError `arn.malformed`
   */
  public static fromAlarmArn(alarmArn: string): Alarm {
    return new Alarm(ALARM.checked(alarmArn, { property: "alarmArn", where: "alarm", code: "arn.malformed" }));
  }
}
