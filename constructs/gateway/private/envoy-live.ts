import { LIMITS_OF_HTTP } from "./envoy-limits";

/** Where it is asked */
export const LIVE_PATH = "/live";
const NAME = "live";
/** The kubelet has one at a time. */
const MOST_CONNECTIONS = 16;

export interface EnvoyLive {
  readonly address: string;
  readonly port: number;
}

/**
 * Where the kubelet asks whether Envoy's workers answer. A connection alone does not tell: the kernel takes it for a process that hangs.
 *
 * Neither memory nor connections that clients use up may turn the kubelet away, or it would kill an Envoy that does its work.
 */
export function liveListener({ address, port }: EnvoyLive): object {
  return {
    name: NAME,
    address: { socket_address: { address, port_value: port } },
    per_connection_buffer_limit_bytes: 4_096,
    ignore_global_conn_limit: true,
    bypass_overload_manager: true,
    filter_chains: [{ filters: [connectionLimit(), manager()] }],
  };
}

function connectionLimit(): object {
  return {
    name: "envoy.filters.network.connection_limit",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit",
      stat_prefix: NAME,
      max_connections: MOST_CONNECTIONS,
    },
  };
}

/** It answers only the probe, writes no access log, and routes nowhere. */
function manager(): object {
  return {
    name: "envoy.filters.network.http_connection_manager",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
      stat_prefix: NAME,
      codec_type: "HTTP1",
      ...LIMITS_OF_HTTP,
      server_name: "ambit",
      route_config: {
        name: NAME,
        virtual_hosts: [
          { name: NAME, domains: ["*"], routes: [{ match: { path: LIVE_PATH }, direct_response: { status: 200 } }] },
        ],
      },
      http_filters: [
        {
          name: "envoy.filters.http.router",
          typed_config: {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router",
            suppress_envoy_headers: true,
            start_child_span: false,
          },
        },
      ],
    },
  };
}
