import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { Construct } from "constructs";

export interface FunctionAlarmsProps {
  /** Name of the function */
  readonly name: string;
  /** As its alarms name it, such as "exchange" */
  readonly whose: string;
  /** ARNs that an alarm notifies when it starts and when it ends */
  readonly actions: readonly string[];
}

const MINUTE = 60;
/** Milliseconds that the slowest of a hundred requests may take, a cold start included */
const SLOW = 3_000;

/** Alarms if the function fails, is throttled or is slow; without requests it is healthy. */
export function functionAlarms(scope: Construct, { name, whose, actions }: FunctionAlarmsProps): void {
  const alarm = (id: string, metricName: string, what: object): CloudwatchMetricAlarm =>
    new CloudwatchMetricAlarm(scope, id, {
      alarmName: `${name}-${metricName.toLowerCase()}`,
      namespace: "AWS/Lambda",
      metricName,
      dimensions: { FunctionName: name },
      period: MINUTE,
      treatMissingData: "notBreaching",
      alarmActions: [...actions],
      okActions: [...actions],
      comparisonOperator: "GreaterThanThreshold",
      evaluationPeriods: 5,
      ...what,
    });
  alarm("Errors", "Errors", {
    alarmDescription: `The ${whose} ended, or did not start: its log says why`,
    statistic: "Sum",
    threshold: 0,
    evaluationPeriods: 1,
  });
  alarm("Throttles", "Throttles", {
    alarmDescription: `The ${whose} is asked more than its concurrency allows`,
    statistic: "Sum",
    threshold: 0,
    evaluationPeriods: 1,
  });
  alarm("Duration", "Duration", {
    alarmDescription: `One of a hundred requests to the ${whose} is slow`,
    extendedStatistic: "p99",
    threshold: SLOW,
    datapointsToAlarm: 3,
  });
}
