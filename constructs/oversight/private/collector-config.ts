import { ATTRIBUTES, type Metric, METRICS } from "../../../domain/telemetry-names";
import type { Platform } from "../../platform/platform";
import { NAMESPACE } from "./dashboards";

/** CloudWatch adds nothing up over dimensions, so each set that an alarm or a graph watches is a series of its own */
const DIMENSIONS = {
  agents: [[], [ATTRIBUTES.agent]],
  tasks: [[], [ATTRIBUTES.agent], [ATTRIBUTES.agent, ATTRIBUTES.task]],
  tools: [[], [ATTRIBUTES.agent], [ATTRIBUTES.tool]],
  platform: [[]],
} as const;

const DECLARED: readonly (readonly [
  dimensions: keyof typeof DIMENSIONS,
  metrics: readonly { readonly name: string }[],
])[] = [
  ["tasks", [METRICS.grants]],
  ["agents", [METRICS.refusals, METRICS.approvalReplays, METRICS.usesAfterRevocation, METRICS.budgetUse]],
  ["tools", [METRICS.calls, METRICS.toolDuration, METRICS.mcpDuration]],
  [
    "platform",
    [
      METRICS.httpDuration,
      METRICS.auditBacklogAge,
      METRICS.auditBacklogRecords,
      METRICS.auditWitnessAge,
      METRICS.dropped,
    ],
  ],
];

const DAYS = 30;

/** Of CloudWatch, which takes no others (MetricDatum, Unit), by those of UCUM; awsemf would hand on `{call}` as it is */
function unitOf({ unit }: Metric): "Count" | "None" | "Seconds" {
  if (unit === "s") return "Seconds";
  return unit.startsWith("{") ? "Count" : "None";
}

/**
 * Configuration of an OpenTelemetry collector that has AWS's exporters, such as ADOT's (exporter/awsemfexporter and
 * exporter/awsxrayexporter of opentelemetry-collector-contrib)
 */
export function collectorConfig({ name, region }: Platform): object {
  const metrics = DECLARED.map(([dimensions, of]) => ({
    dimensions: DIMENSIONS[dimensions],
    metric_name_selectors: of.map((metric) => `^${metric.name.replaceAll(".", "\\.")}$`),
  }));
  return {
    receivers: { otlp: { protocols: { http: { endpoint: "0.0.0.0:4318" } } } },
    processors: {
      memory_limiter: { check_interval: "1s", limit_mib: 256 },
      batch: { timeout: "5s" },
    },
    exporters: {
      awsemf: {
        namespace: NAMESPACE,
        region,
        log_group_name: `/ambit/${name}/metrics`,
        log_retention: DAYS,
        dimension_rollup_option: "NoDimensionRollup",
        metric_declarations: metrics,
        metric_descriptors: Object.values(METRICS).map((metric) => ({
          metric_name: metric.name,
          unit: unitOf(metric),
          overwrite: true,
        })),
      },
      awsxray: { region },
    },
    service: {
      pipelines: {
        metrics: { receivers: ["otlp"], processors: ["memory_limiter", "batch"], exporters: ["awsemf"] },
        traces: { receivers: ["otlp"], processors: ["memory_limiter", "batch"], exporters: ["awsxray"] },
      },
    },
  };
}
