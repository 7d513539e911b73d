import { catchAll, type GatewayTool, type ProtectedResources, resourceRoute, toolRoute } from "./envoy-routes";
import { answerProcessing, authorizerCluster, authorizerLog, externalAuthorization } from "./envoy-authorizer";
import { toolCluster, type Upstream } from "./envoy-destinations";
import {
  LIMITS_OF_HTTP,
  MOST_CONNECTIONS,
  MOST_HEADER_KILOBYTES,
  MOST_HEAP_BYTES,
  SECONDS,
  seconds,
} from "./envoy-limits";

const HEAP = "envoy.resource_monitors.fixed_heap";
import { localReplies } from "./envoy-local-replies";
import { downstreamTls, type Identity, workloadApiClusters } from "./envoy-tls";

export interface EnvoyConfigProps extends Upstream {
  readonly trustDomain: string;
  /** SPIFFE ID of the gateway itself */
  readonly spiffeId: string;
  readonly listen: { readonly address: string; readonly port: number };
  readonly tools: readonly GatewayTool[];
  readonly identity: Identity;
  readonly resources: ProtectedResources;
  /** Paths of Unix sockets */
  readonly sockets: { readonly authorizer: string; readonly admin: string };
}

/** Envoy's bootstrap configuration: everything that the gateway does to a request, in one value. */
export function envoyConfig(props: EnvoyConfigProps): object {
  return {
    node: { id: "ambit-gateway", cluster: "ambit-gateway" },
    admin: { address: { pipe: { path: props.sockets.admin, mode: 0o600 } } },
    static_resources: {
      listeners: [listener(props)],
      clusters: [
        authorizerCluster(props.sockets.authorizer),
        ...workloadApiClusters(props.identity),
        toolCluster(props),
      ],
    },
    // Without it Envoy resets the stream of each answer that is read, and Node closes a connection after a thousand of them.
    layered_runtime: {
      layers: [{ name: "ambit", static_layer: { "envoy.reloadable_features.ext_proc_graceful_grpc_close": true } }],
    },
    // Clients that send much and end nothing take memory: Envoy resets the largest streams first, and then refuses new requests.
    overload_manager: {
      refresh_interval: "0.25s",
      buffer_factory_config: { minimum_account_to_track_power_of_two: 20 },
      actions: [
        action("shrink_heap", { threshold: { value: 0.9 } }),
        action("reset_high_memory_stream", { scaled: { scaling_threshold: 0.85, saturation_threshold: 0.95 } }),
        action("stop_accepting_requests", { threshold: { value: 0.95 } }),
      ],
      resource_monitors: [
        {
          name: HEAP,
          typed_config: {
            "@type": "type.googleapis.com/envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig",
            max_heap_size_bytes: MOST_HEAP_BYTES,
          },
        },
        {
          name: "envoy.resource_monitors.global_downstream_max_connections",
          typed_config: {
            "@type":
              "type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
            max_active_downstream_connections: MOST_CONNECTIONS,
          },
        },
      ],
    },
  };
}

/** Of tools' answers: what would be kept for a browser, what only the gateway says, and what is about the tool's own credential */
const KEPT_FROM_AGENTS = [
  "alt-svc",
  "clear-site-data",
  "set-cookie",
  "set-cookie2",
  "www-authenticate",
  "x-ambit-decision",
  "x-envoy-upstream-service-time",
] as const;

/** One line, as it is mounted: the same tools give the same bytes. */
export function envoyJson(props: EnvoyConfigProps): string {
  return `${JSON.stringify(envoyConfig(props))}\n`;
}

function action(name: string, trigger: object): object {
  return { name: `envoy.overload_actions.${name}`, triggers: [{ name: HEAP, ...trigger }] };
}

function listener(props: EnvoyConfigProps): object {
  const { address, port } = props.listen;
  return {
    name: "agents",
    address: { socket_address: { address, port_value: port } },
    per_connection_buffer_limit_bytes: 32_768,
    listener_filters_timeout: seconds(SECONDS.handshake),
    filter_chains: [
      {
        transport_socket: downstreamTls(props),
        transport_socket_connect_timeout: seconds(SECONDS.handshake),
        filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: connectionManager(props) }],
      },
    ],
  };
}

function connectionManager(props: EnvoyConfigProps): object {
  return {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix: "agents",
    codec_type: "AUTO",
    ...LIMITS_OF_HTTP,
    max_request_headers_kb: MOST_HEADER_KILOBYTES,
    // The address is the peer's, and nothing that a client says of where it comes from is believed.
    use_remote_address: true,
    skip_xff_append: true,
    forward_client_cert_details: "SANITIZE",
    preserve_external_request_id: false,
    // The authorizer reads the very path that goes out.
    normalize_path: false,
    merge_slashes: false,
    path_with_escaped_slashes_action: "REJECT_REQUEST",
    server_name: "ambit",
    access_log: [authorizerLog()],
    local_reply_config: localReplies(),
    route_config: {
      name: "tools",
      virtual_hosts: [
        {
          name: "tools",
          domains: ["*"],
          // One rule for each tool, by its exact prefix: none is within another.
          routes: [
            ...props.tools.map((tool) => toolRoute(tool)),
            ...props.tools.map((tool) => resourceRoute(tool, props.resources)),
            catchAll(),
          ],
        },
      ],
      response_headers_to_remove: [...KEPT_FROM_AGENTS],
      max_direct_response_body_size_bytes: 4_096,
    },
    http_filters: [
      externalAuthorization(),
      answerProcessing(),
      {
        name: "envoy.filters.http.router",
        typed_config: {
          "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router",
          suppress_envoy_headers: true,
          start_child_span: false,
        },
      },
    ],
  };
}
