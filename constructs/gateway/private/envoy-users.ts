import { agentRoutes, peerOfAgent } from "./envoy-agents";
import { externalAuthorization } from "./envoy-authorizer";
import { SECONDS, seconds } from "./envoy-limits";
import { connectionManager } from "./envoy-manager";
import type { EnvoyCollector } from "./envoy-tracing";

export interface EnvoyUsers {
  readonly listen: { readonly address: string; readonly port: number };
  /** Path of a file in the form of Envoy's secret discovery, see {@link usersSecret} */
  readonly certificate: string;
  /** Of pages that may call agents from a browser, such as `https://desk.acme.example` */
  readonly origins: readonly string[];
  /** Of one client address, in a second */
  readonly requestsPerSecond: number;
}

const NAME = "users";
/** A browser asks again after so long whether a page may call. */
const PREFLIGHT_SECONDS = "600";
/** Of addresses that are counted apart */
const MOST_ADDRESSES = 65_536;

/** Only the gateway says these. */
const KEPT_FROM_USERS = ["server", "x-envoy-upstream-service-time"] as const;

/** Where users, schedules and events come in from outside the cluster: TLS with the platform's own certificate */
export function usersListener(users: EnvoyUsers, collector?: EnvoyCollector): object {
  const { address, port } = users.listen;
  return {
    name: NAME,
    address: { socket_address: { address, port_value: port } },
    per_connection_buffer_limit_bytes: 32_768,
    listener_filters_timeout: seconds(SECONDS.handshake),
    filter_chains: [
      {
        transport_socket: tls(users),
        transport_socket_connect_timeout: seconds(SECONDS.handshake),
        filters: [
          {
            name: "envoy.filters.network.http_connection_manager",
            typed_config: connectionManager({
              name: NAME,
              virtualHost: {
                routes: agentRoutes("users"),
                typed_per_filter_config: { "envoy.filters.http.cors": corsPolicy(users) },
              },
              headersToRemove: KEPT_FROM_USERS,
              traced: collector && { to: collector, from: "users" },
              filters: [rateLimit(users), cors(), externalAuthorization(), peerOfAgent()],
            }),
          },
        ],
      },
    ],
  };
}

/**
 * A certificate and its key, which are read again when something in their folder is replaced
 *
 * @param paths in PEM
 */
export function usersSecret(paths: { readonly chain: string; readonly key: string; readonly folder: string }): string {
  const secret = {
    "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
    name: NAME,
    tls_certificate: {
      certificate_chain: { filename: paths.chain },
      private_key: { filename: paths.key },
      watched_directory: { path: paths.folder },
    },
  };
  return `${JSON.stringify({ resources: [secret] })}\n`;
}

function tls({ certificate }: EnvoyUsers): object {
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
      common_tls_context: {
        tls_params: { tls_minimum_protocol_version: "TLSv1_2" },
        alpn_protocols: ["h2", "http/1.1"],
        tls_certificate_sds_secret_configs: [
          { name: NAME, sds_config: { resource_api_version: "V3", path_config_source: { path: certificate } } },
        ],
      },
    },
  };
}

/** First filter: limits each client address by itself, so that one client does not use up the share of others. */
function rateLimit({ requestsPerSecond }: EnvoyUsers): object {
  const bucket = { max_tokens: requestsPerSecond, tokens_per_fill: requestsPerSecond, fill_interval: "1s" };
  const all = { numerator: 100, denominator: "HUNDRED" };
  return {
    name: "envoy.filters.http.local_ratelimit",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
      stat_prefix: NAME,
      filter_enabled: { default_value: all },
      filter_enforced: { default_value: all },
      // Of all addresses together, more than a gateway can decide on.
      token_bucket: { max_tokens: 100_000, tokens_per_fill: 100_000, fill_interval: "1s" },
      rate_limits: [{ actions: [{ remote_address: {} }] }],
      descriptors: [{ entries: [{ key: "remote_address" }], token_bucket: bucket }],
      max_dynamic_descriptors: MOST_ADDRESSES,
      response_headers_to_add: [{ header: { key: "retry-after", value: "1" } }],
    },
  };
}

function cors(): object {
  return {
    name: "envoy.filters.http.cors",
    typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors" },
  };
}

/** Pages of these origins, and no others, may call with a token; cookies of the agent's host are not sent along. */
function corsPolicy({ origins }: EnvoyUsers): object {
  return {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy",
    allow_origin_string_match: origins.map((exact) => ({ exact })),
    allow_methods: "GET, HEAD, POST, PUT, PATCH, DELETE",
    allow_headers: "authorization, content-type, ambit-run, ambit-session, ambit-task, last-event-id",
    expose_headers: "ambit-run, retry-after",
    max_age: PREFLIGHT_SECONDS,
    allow_credentials: false,
  };
}
