import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Fleet } from "../../domain";
import type { TopicInput } from "../aws/topic";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "../platform/names";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import type { KillSwitch } from "./kill-switch";
import { type AlarmSpec, alarmSpecs, outsideExpression } from "./private/alarm-specs";
import { CLOUDWATCH, within } from "./private/cloudwatch-limits";
import { collectorConfig } from "./private/collector-config";
import { agentDashboard, fleetDashboard, NAMESPACE } from "./private/dashboards";
import { type Monitored, monitored } from "./private/monitored";
import type { UsualHours } from "./usual-hours";

/** Alarms that may stop the agent that they are about: denial spikes, replayed approvals, use after revocation, unusual hours */
export type KillingAlarm = "refusals" | "replays" | "revoked" | "hours";

export interface AgentMonitoringProps {
  /** Whose agents are monitored */
  readonly fleet: Fleet;
  /**
   * Names of the agents that have alarms and a dashboard. CloudWatch bills each.
   *
   * @default - all of the fleet
   */
  readonly agents?: readonly string[];
  /**
   * SNS topic of the platform's region to which alarms go, and their end.
   *
   * @default - none; the alarms show in CloudWatch
   */
  readonly alarmTopic?: TopicInput;
  /**
   * Refusals of one agent within five minutes that are not yet too many.
   *
   * @default 50
   */
  readonly refusals?: number;
  /**
   * Share of a budget from which on it is near its end, up to 1.
   *
   * @default 0.8
   */
  readonly budgetShare?: number;
  /**
   * Agents that should run: hours, 1 to 24, in which each gets at least one token.
   *
   * @default - no alarm for idle agents
   */
  readonly expected?: Readonly<Record<string, number>>;
  /**
   * When tasks usually run, by `<agent>.<task>`.
   *
   * @default - any time is usual
   */
  readonly usualHours?: Readonly<Record<string, UsualHours>>;
  /**
   * Alarms that stop the agent they are about. A caller who can make an agent raise one can stop that agent.
   *
   * @default - none
   */
  readonly kills?: readonly KillingAlarm[];
  /**
   * The kill switch that these alarms call.
   *
   * @default - none, and `kills` must be empty
   */
  readonly killSwitch?: KillSwitch;
  /**
   * What must be there before: the control namespace.
   *
   * @default - nothing
   */
  readonly after?: readonly ITerraformDependable[];
}

/**
 * Dashboards and alarms in CloudWatch, for the fleet and for each agent, on the metrics of exchange and gateway. An
 * OpenTelemetry collector sends the metrics: Ambit's, or one of yours, whose configuration is written into the
 * ConfigMap `ambit-collector`. So every alarm has its series, and every series an alarm or graph.
 *
 * EMF lines in logs would not do: CloudWatch reads them only if a line is a whole log event, and log shippers wrap
 * lines of pods in another object; traces need a collector anyway.
 */
export class AgentMonitoring extends Construct {
  /** ARNs of the alarms */
  public readonly alarms: readonly string[];

  /** @throws DeclarationError `monitoring.malformed`, `property.unknown` */
  constructor(scope: Construct, id: string, props: AgentMonitoringProps) {
    super(scope, id);
    const platform = platformOf(this);
    const where = `[${this.node.path}]`;
    const of = monitored(props.fleet, props, platform.region, where);
    // One that Ambit deploys has its own.
    if (platform.cluster.collector !== "deployed") {
      new ConfigMapV1(this, "Collector", {
        metadata: { name: CONTROL_ACCOUNT.collector, namespace: CONTROL_NAMESPACE },
        data: { "collector.yaml": `${JSON.stringify(collectorConfig(platform), undefined, 2)}\n` },
        dependsOn: [...(props.after ?? [])],
      });
    }
    const specs = alarmSpecs(of);
    this.alarms = specs.map((spec) => this.makeAlarm(platform, spec, of, props.killSwitch, where));
    this.makeDashboards(platform, of, specs, where);
  }

  private makeAlarm(
    { name: platform, partition, region, account }: Platform,
    spec: AlarmSpec,
    { actions, kills }: Monitored,
    killSwitch: KillSwitch | undefined,
    where: string,
  ): string {
    const name = `ambit-${platform}-${spec.end}`;
    within(name.length, CLOUDWATCH.name, `characters of the alarm ${name}`, "shorten the agent's name", where);
    const arn = `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}`;
    const isKilling = spec.kill !== undefined && kills.has(spec.kill) && killSwitch !== undefined;
    const killing = isKilling ? [killSwitch.calledBy(spec.id, arn)] : [];
    new CloudwatchMetricAlarm(this, spec.id, {
      alarmName: name,
      alarmDescription: spec.what,
      comparisonOperator: spec.comparison,
      threshold: spec.threshold,
      evaluationPeriods: spec.periods,
      treatMissingData: spec.missing,
      alarmActions: [...actions, ...killing.map(({ functionArn }) => functionArn)],
      okActions: [...actions],
      dependsOn: killing.map(({ permission }) => permission),
      ...watched(spec),
    });
    return arn;
  }

  private makeDashboards(platform: Platform, of: Monitored, specs: readonly AlarmSpec[], where: string): void {
    const { name, region } = platform;
    new CloudwatchDashboard(this, "Fleet", {
      dashboardName: `ambit-${name}`,
      dashboardBody: fleetDashboard({ region, alarms: this.alarms, where }),
    });
    for (const { name: agent, tasks } of of.agents) {
      const alarms = this.alarms.filter((_, at) => specs[at]?.id.startsWith(`${agent}-`));
      new CloudwatchDashboard(this, `${agent}-dashboard`, {
        dashboardName: `ambit-${name}-${agent}`,
        dashboardBody: agentDashboard(agent, [...tasks.keys()], { region, alarms, where }),
      });
    }
  }
}

/** One metric, or what of it is outside of the usual hours */
function watched({ metric, dimensions, statistic, period, outside }: AlarmSpec) {
  const { name: metricName } = metric;
  if (outside === undefined) {
    return { namespace: NAMESPACE, metricName, dimensions: { ...dimensions }, statistic, period };
  }
  return {
    metricQuery: [
      {
        id: "m1",
        metric: { namespace: NAMESPACE, metricName, dimensions: { ...dimensions }, stat: statistic, period },
        returnData: false,
      },
      {
        id: "outside",
        expression: outsideExpression("m1", outside),
        label: "outside of usual hours",
        returnData: true,
      },
    ],
  };
}
