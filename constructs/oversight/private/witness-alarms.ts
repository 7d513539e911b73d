import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import type { Construct } from "constructs";
import { ALARM_ON_ANY } from "../../platform/alarm-on-any";

export interface WitnessAlarmsProps {
  readonly name: string;
  readonly logGroup: string;
  readonly code: LambdaFunction;
  readonly actions: readonly string[];
}

const NAMESPACE = "Ambit";

/** Log events of a witness that raise an alarm: two signed histories, and a failed cosignature */
const TOLD = [
  {
    id: "Forked",
    end: "forked",
    pattern: '{ $.event = "witness.split-view" || $.event = "witness.inconsistent" }',
    what: "A checkpoint that a log has signed does not go on from what was cosigned, or came with a wrong proof: the log of the function has its text",
  },
  {
    id: "Failed",
    end: "failed",
    pattern: '{ $.event = "witness.failed" || $.event = "witness.crashed" }',
    what: "The witness could not cosign: its log says why",
  },
] as const;

/** A refusal is a valid answer, so AWS counts none of these as errors. */
export function witnessAlarms(scope: Construct, { name, logGroup, code, actions }: WitnessAlarmsProps): void {
  for (const { id, end, pattern, what } of TOLD) {
    const metric = `${name}-${end}`;
    const filter = new CloudwatchLogMetricFilter(scope, id, {
      name: metric,
      logGroupName: logGroup,
      pattern,
      metricTransformation: { namespace: NAMESPACE, name: metric, value: "1", defaultValue: "0" },
      dependsOn: [code],
    });
    new CloudwatchMetricAlarm(scope, `${id}Alarm`, {
      alarmName: metric,
      alarmDescription: what,
      namespace: NAMESPACE,
      metricName: metric,
      statistic: "Sum",
      ...ALARM_ON_ANY,
      alarmActions: [...actions],
      okActions: [...actions],
      dependsOn: [filter],
    });
  }
}
