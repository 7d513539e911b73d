import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import type { Construct } from "constructs";
import { ALARM_ON_ANY } from "../../platform/alarm-on-any";

export interface KillAlarmsProps {
  readonly name: string;
  readonly logGroup: string;
  readonly code: LambdaFunction;
  /** ARNs of what the alarms tell */
  readonly actions: readonly string[];
}

const NAMESPACE = "Ambit";
const METRIC = "KillStepsFailed";

/** A failed step, and a call that stopped nothing: each raises an alarm, for every caller. */
export function killAlarms(scope: Construct, { name, logGroup, code, actions }: KillAlarmsProps): void {
  new CloudwatchLogMetricFilter(scope, "FailedSteps", {
    name: `${name}-failed-steps`,
    logGroupName: logGroup,
    pattern: '{ $.event = "kill.failed" }',
    metricTransformation: { namespace: NAMESPACE, name: METRIC, value: "1", defaultValue: "0" },
    dependsOn: [code],
  });
  const alarm = (id: string, end: string, what: string, metric: object): void => {
    new CloudwatchMetricAlarm(scope, id, {
      alarmName: `${name}-${end}`,
      alarmDescription: what,
      statistic: "Sum",
      ...ALARM_ON_ANY,
      alarmActions: [...actions],
      ...(metric as { readonly namespace: string; readonly metricName: string }),
    });
  };
  alarm("FailedStepsAlarm", "failed-steps", "A step of a kill failed, so something still works: the log says which", {
    namespace: NAMESPACE,
    metricName: METRIC,
  });
  alarm("ErrorsAlarm", "errors", "The kill switch ended with an error: the log says why", {
    namespace: "AWS/Lambda",
    metricName: "Errors",
    dimensions: { FunctionName: name },
  });
}
