import { SECONDS, seconds } from "./envoy-limits";

/** Under which the authorizer tells the address that it has looked at (runtime/authorizer/envoy/check-response.ts) */
const ADDRESS = { key: "envoy.filters.http.ext_authz", path: [{ key: "ambit.address" }] } as const;

export interface ChosenAddressProps {
  readonly name: string;
  /** Transport socket, which says which identity the host must show */
  readonly tls: object;
  /**
   * Of `HttpProtocolOptions`, besides those of all.
   *
   * @default - none
   */
  readonly http?: Readonly<Record<string, unknown>>;
}

/** A cluster that connects to exactly the address that the authorizer chose; without one there is no connection. */
export function chosenAddressCluster({ name, tls, http = {} }: ChosenAddressProps): object {
  return {
    name,
    type: "ORIGINAL_DST",
    connect_timeout: seconds(SECONDS.connect),
    lb_policy: "CLUSTER_PROVIDED",
    cleanup_interval: "60s",
    original_dst_lb_config: { metadata_key: ADDRESS },
    transport_socket: tls,
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        ...http,
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
