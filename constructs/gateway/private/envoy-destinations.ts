import { SECONDS, seconds } from "./envoy-limits";

export const TOOL_CLUSTER = "tools";

export interface Upstream {
  /** Path of the authorities in PEM that tools' certificates are verified with */
  readonly authorities: string;
}

/** Under which the authorizer tells the address that it has looked at (runtime/authorizer/envoy/check-response.ts) */
const ADDRESS = { key: "envoy.filters.http.ext_authz", path: [{ key: "ambit.address" }] } as const;

/**
 * All tools' hosts: each connection goes to the very address that the authorizer has looked at, and no name is looked up here. Without
 * an address there is no connection. The host must show a certificate for the name that the route names.
 */
export function toolCluster({ authorities }: Upstream): object {
  return {
    name: TOOL_CLUSTER,
    type: "ORIGINAL_DST",
    connect_timeout: seconds(SECONDS.connect),
    lb_policy: "CLUSTER_PROVIDED",
    cleanup_interval: "60s",
    original_dst_lb_config: { metadata_key: ADDRESS },
    transport_socket: {
      name: "envoy.transport_sockets.tls",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
        common_tls_context: {
          tls_params: { tls_minimum_protocol_version: "TLSv1_2" },
          validation_context: { trusted_ca: { filename: authorities } },
        },
      },
    },
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        // The name that the route names, in the greeting and in the certificate.
        upstream_http_protocol_options: { auto_sni: true, auto_san_validation: true },
        common_http_protocol_options: {
          idle_timeout: seconds(SECONDS.idleUpstream),
          max_connection_duration: seconds(SECONDS.stream),
        },
        explicit_http_config: { http_protocol_options: {} },
      },
    },
    circuit_breakers: {
      thresholds: [{ max_connections: 4_096, max_requests: 4_096, max_pending_requests: 1_024, max_retries: 4_096 }],
    },
  };
}
