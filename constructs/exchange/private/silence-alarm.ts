import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { Construct } from "constructs";
import { onlyKnown, refuse, shown } from "../../../domain";
import { alarmActions } from "../../platform/alarm-topic";
import { CONTROL_NAMESPACE } from "../../platform/names";
import type { Platform } from "../../platform/platform";
import type { SilenceAlarm } from "../silence-alarm";

export interface CheckedSilenceAlarm {
  /** Of the platform */
  readonly name: string;
  readonly logGroup: string;
  readonly actions: readonly string[];
}

/** CloudWatch Logs API reference, CreateLogGroup */
const LOG_GROUP = /^[A-Za-z0-9_./#-]{1,512}$/;
const NAMESPACE = "Ambit";
const METRIC = "SignalsSilent";
/** Twice the time after which the exchange says it again: the alarm stays while the silence lasts. */
const PERIOD_SECONDS = 600;

/** A caller's text in another line is no match: JSON writes its quotes with a backslash. */
const WITHIN_TEXT = String.raw`"*\"event\":\"signals.silent\"*"`;
const NAMESPACE_NAME = "$.kubernetes.namespace_name";

/**
 * The line as the exchange writes it, or wrapped by a collector such as Fluent Bit. Lines of pods in other namespaces
 * do not match.
 */
const PATTERN =
  `{ ($.event = "signals.silent" || $.log_processed.event = "signals.silent" || $.log = ${WITHIN_TEXT})` +
  ` && (${NAMESPACE_NAME} NOT EXISTS || ${NAMESPACE_NAME} = "${CONTROL_NAMESPACE}") }`;

/** @throws DeclarationError `exchange.malformed`, `property.unknown`, naming the property */
export function silenceAlarmOf(
  alarm: SilenceAlarm,
  { name, region, signals }: Pick<Platform, "name" | "region" | "signals">,
  where: string,
): CheckedSilenceAlarm {
  onlyKnown(alarm, ["logGroup", "alarmTopic"], `${where}.silenceAlarm`);
  const { logGroup, alarmTopic } = alarm;
  if (typeof logGroup !== "string" || !LOG_GROUP.test(logGroup)) {
    const fix = 'write one such as "/aws/containerinsights/prod/application"';
    refuse(
      "exchange.malformed",
      where,
      `silenceAlarm.logGroup must be the name of a log group, got ${shown(logGroup)}: ${fix}`,
    );
  }
  if (signals.length === 0) {
    const what = "silenceAlarm needs an issuer with signals, got none: write signals into the platform's issuers";
    refuse("exchange.malformed", where, what);
  }
  return { name, logGroup, actions: alarmActions(alarmTopic, { where, code: "exchange.malformed", region }) };
}

/** Missing data is healthy: the exchange logs nothing while it hears from all issuers. */
export function silenceAlarm(scope: Construct, { name, logGroup, actions }: CheckedSilenceAlarm): void {
  const alarmName = `ambit-${name}-signals-silent`;
  const filter = new CloudwatchLogMetricFilter(scope, "SilentSignals", {
    name: alarmName,
    logGroupName: logGroup,
    pattern: PATTERN,
    metricTransformation: { namespace: NAMESPACE, name: `${METRIC}-${name}`, value: "1", defaultValue: "0" },
  });
  new CloudwatchMetricAlarm(scope, "SilentSignalsAlarm", {
    alarmName,
    alarmDescription:
      "An issuer of users is not heard, so logins that end there go on here: the log says which one, and why",
    namespace: NAMESPACE,
    metricName: `${METRIC}-${name}`,
    statistic: "Sum",
    comparisonOperator: "GreaterThanThreshold",
    threshold: 0,
    period: PERIOD_SECONDS,
    evaluationPeriods: 1,
    treatMissingData: "notBreaching",
    alarmActions: [...actions],
    okActions: [...actions],
    dependsOn: [filter],
  });
}
