import { ATTRIBUTES, type Metric, METRICS } from "../../../domain/telemetry-names";
import { CLOUDWATCH, within } from "./cloudwatch-limits";

/** Of all metrics of the platform; the one of its log metrics is the same */
export const NAMESPACE = "Ambit";

/** What a widget shows, in the grid of 24 columns */
interface Widget {
  readonly type: "alarm" | "metric";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

type Shown = readonly (readonly unknown[])[];

const WIDTH = 12;
const HEIGHT = 6;
const PERIOD = 300;
/** What the left axis of a graph says */
const [COUNTED, SECONDS, SHARE] = ["in 5 minutes", "seconds", "share, 1 is all"] as const;
const FLEET_METRICS = [METRICS.grants, METRICS.calls, METRICS.refusals, METRICS.usesAfterRevocation];
const AGENT_METRICS = [...FLEET_METRICS, METRICS.approvalReplays];

export interface DashboardProps {
  readonly region: string;
  /** ARNs of the alarms whose state it shows */
  readonly alarms: readonly string[];
  readonly where: string;
}

/** Of the whole fleet: each series is an agent, found by a search, so that the body does not grow with the fleet */
export function fleetDashboard(props: DashboardProps): string {
  const perAgent = (metric: Metric, statistic: string): Shown => {
    const search = `SEARCH('{${NAMESPACE},"${ATTRIBUTES.agent}"} MetricName="${metric.name}"', '${statistic}', ${PERIOD})`;
    return [[{ expression: search, id: "e1" }]];
  };
  const audit = [METRICS.auditBacklogAge, METRICS.auditWitnessAge].map(({ name }) => [NAMESPACE, name]);
  return body(props, [
    ...FLEET_METRICS.map((metric) => ({
      title: metric.what,
      stat: "Sum",
      metrics: perAgent(metric, "Sum"),
      axis: COUNTED,
    })),
    { title: METRICS.budgetUse.what, stat: "Maximum", metrics: perAgent(METRICS.budgetUse, "Maximum"), axis: SHARE },
    { title: "Audit log", stat: "Maximum", metrics: audit, axis: SECONDS },
  ]);
}

/** Of one agent and its tasks */
export function agentDashboard(agent: string, tasks: readonly string[], props: DashboardProps): string {
  const ofAgent = [ATTRIBUTES.agent, agent];
  const perTask = tasks.map((task) => [NAMESPACE, METRICS.grants.name, ...ofAgent, ATTRIBUTES.task, task]);
  return body(props, [
    ...AGENT_METRICS.map(({ name, what }) => ({
      title: what,
      stat: "Sum",
      metrics: [[NAMESPACE, name, ...ofAgent]],
      axis: COUNTED,
    })),
    { title: "Given, by task", stat: "Sum", metrics: perTask, axis: COUNTED },
    {
      title: METRICS.budgetUse.what,
      stat: "Maximum",
      metrics: [[NAMESPACE, METRICS.budgetUse.name, ...ofAgent]],
      axis: SHARE,
    },
    {
      title: METRICS.toolDuration.what,
      stat: "Maximum",
      metrics: [[NAMESPACE, METRICS.toolDuration.name, ...ofAgent]],
      axis: SECONDS,
    },
  ]);
}

interface Graph {
  readonly title: string;
  readonly stat: string;
  readonly metrics: Shown;
  /** What stands at its left axis, which begins at 0 */
  readonly axis: string;
}

/** @throws DeclarationError `monitoring.malformed` where CloudWatch takes no such body */
function body({ region, alarms, where }: DashboardProps, graphs: readonly Graph[]): string {
  const groups = Array.from({ length: Math.ceil(alarms.length / CLOUDWATCH.alarmsOfWidget) }, (_, at) =>
    alarms.slice(at * CLOUDWATCH.alarmsOfWidget, (at + 1) * CLOUDWATCH.alarmsOfWidget),
  );
  const states = groups.map((group) => ({ type: "alarm" as const, properties: { title: "Alarms", alarms: group } }));
  const shown = graphs.map(({ axis, ...graph }) => ({
    type: "metric" as const,
    properties: {
      ...graph,
      region,
      period: PERIOD,
      view: "timeSeries",
      yAxis: { left: { label: axis, min: 0, showUnits: false } },
    },
  }));
  const widgets = [...states, ...shown].map((widget, at) => placed(widget, at));
  const fix = "name fewer agents, or split their tasks";
  within(widgets.length, CLOUDWATCH.widgets, "widgets of a dashboard", fix, where);
  for (const { metrics } of graphs)
    within(metrics.length, CLOUDWATCH.metricsOfWidget, "metrics of a widget", fix, where);
  const all = graphs.reduce((sum, { metrics }) => sum + metrics.length, 0);
  within(all, CLOUDWATCH.metricsOfDashboard, "metrics of a dashboard", fix, where);
  return JSON.stringify({ widgets });
}

function placed(widget: Pick<Widget, "properties" | "type">, at: number): Widget {
  return { ...widget, x: (at % 2) * WIDTH, y: Math.floor(at / 2) * HEIGHT, width: WIDTH, height: HEIGHT };
}
