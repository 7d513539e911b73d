import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import type { Fleet } from "../../../constructs";
import { AgentMonitoring, type AgentMonitoringProps } from "../../../constructs/oversight";
import { newStack, Template } from "../../support/synth";
import type { Alarm, CollectorConfig } from "../../support/telemetry/cloudwatch";
import { platformWithOwnCollector } from "../../support/telemetry/collector-of-yours";

/** What synth makes of monitoring: alarms, and the configuration of the collector */
export interface Monitored {
  readonly alarms: readonly Alarm[];
  readonly config: CollectorConfig;
}

export function monitored(fleet: Fleet, choices: Omit<AgentMonitoringProps, "fleet">): Monitored {
  const stack = newStack(platformWithOwnCollector());
  new AgentMonitoring(stack, "Monitoring", { fleet, ...choices });
  const template = Template.of(stack);
  const { data } = template.only(ConfigMapV1) as { readonly data: Readonly<Record<string, string>> };
  return {
    alarms: template.all(CloudwatchMetricAlarm) as unknown as readonly Alarm[],
    config: JSON.parse(data["collector.yaml"] as string) as CollectorConfig,
  };
}
