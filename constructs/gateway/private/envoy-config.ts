import { catchAll, type GatewayTool, type ProtectedResources, resourceRoute, toolRoute } from "./envoy-routes";
import { agentCluster, agentRoutes, peerOfAgent } from "./envoy-agents";
import {
  answeredAfterIsKept,
  answerProcessing,
  answersMayBeCut,
  authorizerCluster,
  externalAuthorization,
} from "./envoy-authorizer";
import { toolCluster, type Upstream } from "./envoy-destinations";
import { MOST_CONNECTIONS, MOST_HEAP_BYTES, SECONDS, seconds } from "./envoy-limits";

import { type EnvoyLive, liveListener } from "./envoy-live";
import { connectionManager } from "./envoy-manager";
import { collectorCluster, type EnvoyCollector } from "./envoy-tracing";
import { downstreamTls, type Identity, workloadApiClusters } from "./envoy-tls";
import { type EnvoyUsers, usersListener } from "./envoy-users";

const HEAP = "envoy.resource_monitors.fixed_heap";

export interface EnvoyConfigProps extends Upstream {
  readonly trustDomain: string;
  /** SPIFFE ID of the gateway itself */
  readonly spiffeId: string;
  readonly listen: { readonly address: string; readonly port: number };
  readonly tools: readonly GatewayTool[];
  readonly identity: Identity;
  readonly resources: ProtectedResources;
  /**
   * Whether an agent serves: then agents' pods are reached too.
   *
   * @default false
   */
  readonly serves?: boolean;
  /** Listener of users; undefined if there is none */
  readonly users?: EnvoyUsers | undefined;
  /** Listener of the kubelet's probe; undefined if nothing probes */
  readonly live?: EnvoyLive | undefined;
  /** Destination of spans; undefined without tracing */
  readonly collector?: EnvoyCollector | undefined;
  /** Paths of Unix sockets */
  readonly sockets: { readonly authorizer: string; readonly admin: string };
}

/** Envoy's bootstrap configuration: everything that the gateway does to a request, in one value. */
export function envoyConfig(props: EnvoyConfigProps): object {
  return {
    node: { id: "ambit-gateway", cluster: "ambit-gateway" },
    admin: { address: { pipe: { path: props.sockets.admin, mode: 0o600 } } },
    static_resources: {
      listeners: [
        listener(props),
        ...(props.users === undefined ? [] : [usersListener(props.users, props.collector)]),
        ...(props.live === undefined ? [] : [liveListener(props.live)]),
      ],
      clusters: [
        authorizerCluster(props.sockets.authorizer),
        ...workloadApiClusters(props.identity),
        toolCluster(props),
        ...(props.serves === true ? [agentCluster(props)] : []),
        ...(props.collector === undefined ? [] : [collectorCluster(props, props.collector)]),
      ],
    },
    // Without it Envoy resets the stream of each answer that is read, and Node closes a connection after a thousand of them.
    layered_runtime: {
      layers: [{ name: "ambit", static_layer: { "envoy.reloadable_features.ext_proc_graceful_grpc_close": true } }],
    },
    // Clients that open many streams and finish none use up memory: Envoy resets the largest streams first, then
    // refuses requests.
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

/**
 * Headers of tools' answers that would set state in a browser, that only the gateway may set, or that are about the
 * tool's own credential
 */
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
        filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: managerOf(props) }],
      },
    ],
  };
}

function managerOf(props: EnvoyConfigProps): object {
  const { tools, resources, serves = false, collector } = props;
  return connectionManager({
    name: "agents",
    virtualHost: {
      // One route per tool, by its exact prefix; no prefix contains another.
      routes: [
        ...tools.map((tool) => toolRoute(tool)),
        ...tools.map((tool) => resourceRoute(tool, resources)),
        ...(serves ? agentRoutes("workloads") : []),
        catchAll(),
      ],
    },
    headersToRemove: KEPT_FROM_AGENTS,
    traced: collector && { to: collector, from: "workloads" },
    filters: [
      answeredAfterIsKept(),
      externalAuthorization(),
      ...(serves ? [peerOfAgent()] : []),
      answersMayBeCut(),
      answerProcessing(),
    ],
  });
}
