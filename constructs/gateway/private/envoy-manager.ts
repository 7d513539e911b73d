import { authorizerLog } from "./envoy-authorizer";
import { LIMITS_OF_HTTP, MOST_HEADER_KILOBYTES } from "./envoy-limits";
import { localReplies } from "./envoy-local-replies";
import { type EnvoyCollector, othersTraceIsBack, type TracedFrom, tracing, withoutOthersTrace } from "./envoy-tracing";

export interface ManagerProps {
  /** Of the listener */
  readonly name: string;
  readonly virtualHost: { readonly routes: readonly object[] } & Readonly<Record<string, unknown>>;
  /** Of answers */
  readonly headersToRemove: readonly string[];
  /** Without the router, which is the last */
  readonly filters: readonly object[];
  /** Destination of spans, and whose trace context is continued; undefined without tracing */
  readonly traced?: { readonly to: EnvoyCollector; readonly from: TracedFrom } | undefined;
}

/** Handling that requests of all listeners share, besides routes and filters */
export function connectionManager({ name, virtualHost, headersToRemove, filters, traced }: ManagerProps): object {
  return {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix: name,
    codec_type: "AUTO",
    ...LIMITS_OF_HTTP,
    max_request_headers_kb: MOST_HEADER_KILOBYTES,
    // The client's address is the peer's; forwarding headers from clients are ignored.
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
    ...(traced !== undefined && {
      tracing: tracing(traced.to),
      early_header_mutation_extensions: [withoutOthersTrace(traced.from)],
    }),
    local_reply_config: localReplies(),
    route_config: {
      name,
      virtual_hosts: [{ name, domains: ["*"], ...virtualHost }],
      response_headers_to_remove: [...headersToRemove],
      max_direct_response_body_size_bytes: 4_096,
    },
    http_filters: [
      ...(traced === undefined ? [] : [othersTraceIsBack()]),
      ...filters,
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
