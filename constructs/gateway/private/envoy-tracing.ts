import { TRACE_HEADER } from "../../../domain/telemetry-names";
import { seconds } from "./envoy-limits";
import { upstreamTls, type Workload } from "./envoy-tls";

/** A collector that is known by its SPIFFE ID, and reached by mutual TLS */
export interface EnvoyCollector {
  /** https origin with its port */
  readonly collector: string;
  readonly spiffeId: string;
}

/** Who calls: the trace of a companion goes on, that of a user does not */
export type TracedFrom = "users" | "workloads";

const CLUSTER = "collector";
/** Of an export; no request waits for it */
const SECONDS = 5;
/** The caller's own trace context (W3C Trace Context); `tracestate` is text of the caller, which Envoy would export. */
const OTHERS = ["traceparent", "tracestate"] as const;
/** In which it waits until Envoy has begun its span. The authorizer takes no header of this family from agents. */
const kept = (header: string): string => `x-ambit-kept-${header}`;
const ALL = { value: 100 };

/**
 * Envoy's span of each request: a child of the companion's. A caller's wish for sampling is ignored. No trace context goes on to a tool but what
 * the agent sent.
 *
 * Envoy tags spans with the method, host, client's address and user agent, which cannot be switched off; the collector takes them out
 * (constructs/oversight/private/collector-config.ts), so that Envoy traces only where Ambit deploys it.
 */
export function tracing({ collector }: EnvoyCollector): object {
  return {
    provider: {
      name: "envoy.tracers.opentelemetry",
      typed_config: {
        "@type": "type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig",
        service_name: "ambit-envoy",
        http_service: {
          http_uri: { uri: `${collector}/v1/traces`, cluster: CLUSTER, timeout: seconds(SECONDS) },
        },
        sampler: {
          name: "envoy.tracers.opentelemetry.samplers.always_on",
          typed_config: {
            "@type": "type.googleapis.com/envoy.extensions.tracers.opentelemetry.samplers.v3.AlwaysOnSamplerConfig",
          },
        },
      },
    },
    client_sampling: { value: 0 },
    random_sampling: ALL,
    overall_sampling: ALL,
    operation: "envoy",
    // A path has what was asked for.
    max_path_tag_length: 0,
    no_context_propagation: true,
  };
}

/** Before the span begins, which would otherwise go on with the agent's trace, and be sampled as it says */
export function withoutOthersTrace(from: TracedFrom): object {
  return {
    name: "envoy.http.early_header_mutation.header_mutation",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
      mutations: [
        ...OTHERS.flatMap((header) => [{ remove: kept(header) }, put(kept(header), header), { remove: header }]),
        ...(from === "workloads" ? [put("traceparent", TRACE_HEADER)] : []),
      ],
    },
  };
}

/** The first of the filters: what follows sees the request as the agent sent it. */
export function othersTraceIsBack(): object {
  return {
    name: "ambit.others_trace",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
      mutations: {
        request_mutations: OTHERS.flatMap((header) => [
          { remove: header },
          put(header, kept(header)),
          { remove: kept(header) },
        ]),
      },
    },
  };
}

/** Copies the header, if it is present. */
function put(key: string, from: string): object {
  return { append: { header: { key, value: `%REQ(${from})%` }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" } };
}

export function collectorCluster(workload: Workload, { collector, spiffeId }: EnvoyCollector): object {
  const { hostname, port } = new URL(collector);
  return {
    name: CLUSTER,
    type: "STRICT_DNS",
    connect_timeout: seconds(SECONDS),
    load_assignment: {
      cluster_name: CLUSTER,
      endpoints: [
        {
          lb_endpoints: [
            { endpoint: { address: { socket_address: { address: hostname, port_value: Number(port) } } } },
          ],
        },
      ],
    },
    transport_socket: upstreamTls(workload, spiffeId),
  };
}
