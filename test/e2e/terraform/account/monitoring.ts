import { answersOf } from "./boto";
import type { Connection } from "./connection";

interface Alarm {
  readonly AlarmName: string;
  readonly AlarmActions: readonly string[];
  readonly OKActions: readonly string[];
  readonly MetricName?: string;
  readonly Statistic?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  readonly Period?: number;
  readonly EvaluationPeriods: number;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData: string;
  readonly Metrics?: readonly { readonly Expression?: string }[];
}

/** Alarms in one line each, dashboards with the alarms that they show, and how long the log of metrics is kept */
export async function readMonitoring(connection: Connection): Promise<Readonly<Record<string, unknown>>> {
  const [{ MetricAlarms: alarms }, { DashboardEntries: dashboards }, { logGroups }] = (await answersOf(connection, [
    ["cloudwatch", "describe_alarms"],
    ["cloudwatch", "list_dashboards"],
    ["logs", "describe_log_groups"],
  ])) as [
    { readonly MetricAlarms: readonly Alarm[] },
    { readonly DashboardEntries: readonly { readonly DashboardName: string }[] },
    { readonly logGroups: readonly { readonly logGroupName: string; readonly retentionInDays?: number }[] },
  ];
  return Object.fromEntries([
    ...alarms.map((alarm) => [`alarm ${alarm.AlarmName}`, told(alarm)] as const),
    ...dashboards.map(({ DashboardName }) => [`dashboard ${DashboardName}`, true] as const),
    ...logGroups.map(({ logGroupName, retentionInDays }) => [`log ${logGroupName}`, retentionInDays] as const),
  ]);
}

function told(alarm: Alarm): object {
  const { Dimensions: dimensions = [], Metrics: metrics = [] } = alarm;
  const watched =
    metrics.find(({ Expression }) => Expression !== undefined)?.Expression ??
    [alarm.Statistic, alarm.MetricName, ...dimensions.map(({ Name, Value }) => `${Name}=${Value}`)].join(" ");
  return {
    watches: watched,
    ...(alarm.Period !== undefined && { period: alarm.Period }),
    is: `${alarm.ComparisonOperator} ${alarm.Threshold}, ${alarm.EvaluationPeriods} times, ${alarm.TreatMissingData}`,
    tells: alarm.AlarmActions,
    over: alarm.OKActions,
  };
}
