import { ATTRIBUTES, type Metric, METRICS } from "../../../domain/telemetry-names";
import { COLLECTOR_PORTS } from "../../platform/control-plane";
import type { Platform } from "../../platform/platform";
import type { TlsFiles } from "../../platform/svid-files";
import { NAMESPACE } from "./dashboards";

/** CloudWatch does not aggregate across dimensions, so each set that an alarm or graph uses is a series of its own */
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

/** Retention of the log from which CloudWatch has extracted the metrics */
export const METRIC_DAYS = 30;

/** Of CloudWatch, which takes no others (MetricDatum, Unit), by those of UCUM; awsemf would hand on `{call}` as it is */
function unitOf({ unit }: Metric): "Count" | "None" | "Seconds" {
  if (unit === "s") return "Seconds";
  return unit.startsWith("{") ? "Count" : "None";
}

export function metricLogGroup({ name }: Pick<Platform, "name">): string {
  return `/ambit/${name}/metrics`;
}

/**
 * Configuration of a collector of yours that has AWS's exporters, such as ADOT's (exporter/awsemfexporter and exporter/awsxrayexporter of
 * opentelemetry-collector-contrib). It makes its log group itself.
 */
export function collectorConfig(platform: Platform): object {
  return {
    receivers: { otlp: { protocols: { http: { endpoint: `0.0.0.0:${COLLECTOR_PORTS.control}` } } } },
    ...handedOn(platform, { log_retention: METRIC_DAYS }),
    service: { telemetry: OF_ITSELF, pipelines: { metrics: metricsOf(["otlp"]), traces: tracesOf(["otlp"]) } },
  };
}

/**
 * The collector would serve its own metrics on loopback, where no client reads them. An alarm of its own tells that it
 * is gone.
 */
const OF_ITSELF = { metrics: { level: "none" } };

/** Seconds between two looks at the files of its SVID, which is renewed long before it ends */
const RELOAD = "60s";
/** More than our parts send at once */
const MOST_BODY_BYTES = 4_194_304;
const TAKEN_OUT = "attributes/envoy";
/**
 * Span tags of Envoy that hold caller input or the caller's address (envoy/source/common/tracing/common_values.h and
 * http_tracer_impl.cc): they do not belong in a trace (docs/telemetry.md, "What is never in it").
 */
const ENVOYS = [
  "downstream_cluster",
  "grpc.authority",
  "grpc.content_type",
  "grpc.message",
  "grpc.path",
  "grpc.timeout",
  "guid:x-client-trace-id",
  "guid:x-request-id",
  "http.method",
  "http.url",
  "peer.address",
  "upstream_address",
  "user_agent",
] as const;
const CONTROL = "otlp/control";
const AGENTS = "otlp/agents";

/**
 * Configuration of the collector that Ambit deploys; its log group exists already. It accepts only clients with an SVID
 * of the trust domain, and no metrics at the port of agents' pods, because metrics raise alarms.
 */
export function deployedConfig(platform: Platform, svid: TlsFiles): object {
  const received = (port: number) => ({
    protocols: {
      http: {
        endpoint: `0.0.0.0:${port}`,
        max_request_body_size: MOST_BODY_BYTES,
        tls: {
          cert_file: svid.certificate,
          key_file: svid.key,
          client_ca_file: svid.authorities,
          client_ca_file_reload: true,
          reload_interval: RELOAD,
          min_version: "1.3",
        },
      },
    },
  });
  return {
    extensions: { health_check: { endpoint: `0.0.0.0:${COLLECTOR_PORTS.health}` } },
    receivers: { [CONTROL]: received(COLLECTOR_PORTS.control), [AGENTS]: received(COLLECTOR_PORTS.agents) },
    ...handedOn(platform, {}, { [TAKEN_OUT]: { actions: ENVOYS.map((key) => ({ key, action: "delete" })) } }),
    service: {
      extensions: ["health_check"],
      telemetry: OF_ITSELF,
      pipelines: { metrics: metricsOf([CONTROL]), traces: tracesOf([AGENTS, CONTROL], [TAKEN_OUT]) },
    },
  };
}

function handedOn(platform: Platform, more: object, processors: object = {}): object {
  const { region } = platform;
  const metrics = DECLARED.map(([dimensions, of]) => ({
    dimensions: DIMENSIONS[dimensions],
    metric_name_selectors: of.map((metric) => `^${metric.name.replaceAll(".", "\\.")}$`),
  }));
  return {
    processors: {
      memory_limiter: { check_interval: "1s", limit_mib: 256 },
      batch: { timeout: "5s" },
      ...processors,
    },
    exporters: {
      awsemf: {
        namespace: NAMESPACE,
        region,
        log_group_name: metricLogGroup(platform),
        ...more,
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
  };
}

function metricsOf(receivers: readonly string[]) {
  return { receivers, processors: ["memory_limiter", "batch"], exporters: ["awsemf"] };
}

function tracesOf(receivers: readonly string[], between: readonly string[] = []) {
  return { receivers, processors: ["memory_limiter", ...between, "batch"], exporters: ["awsxray"] };
}
