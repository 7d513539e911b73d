import { chosenAddressCluster } from "./envoy-chosen-address";
import { requestBody } from "./envoy-authorizer";
import { MOST_MESSAGE_BYTES, SECONDS, seconds } from "./envoy-limits";
import { upstreamTls, type Workload } from "./envoy-tls";

const CLUSTER = "agents";

/** Of the listener by which a request came, as the authorizer learns it */
export type ComesBy = "users" | "workloads";

const EXT_AUTHZ = "envoy.filters.http.ext_authz";
/** Under which the authorizer tells the SPIFFE ID that the pod must show (runtime/authorizer/envoy/check-response.ts) */
const PEER = `%DYNAMIC_METADATA(${EXT_AUTHZ}:ambit.peer)%`;

/**
 * All agents' pods. Each must show the SPIFFE ID that {@link peerOfAgent} sets, so adding, moving or removing an
 * agent does not change this cluster.
 */
export function agentCluster(props: Workload): object {
  return chosenAddressCluster({ name: CLUSTER, tls: upstreamTls(props) });
}

const FILTER_STATE = "envoy.filters.http.set_filter_state";

/** Behind the decision, on the routes to agents alone */
export function peerOfAgent(): object {
  return {
    name: FILTER_STATE,
    disabled: true,
    typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.set_filter_state.v3.Config" },
  };
}

/**
 * Requires one SPIFFE ID of the pod's certificate. If the decision names none, it requires one that no certificate has.
 */
function heldToPeer(): object {
  return {
    [FILTER_STATE]: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.set_filter_state.v3.Config",
      on_request_headers: [
        {
          object_key: "envoy.network.upstream_subject_alt_names",
          format_string: { text_format_source: { inline_string: PEER } },
          shared_with_upstream: "ONCE",
        },
      ],
    },
  };
}

/** To all agents that serve: which one a request is for, the authorizer finds by host and path. */
export function agentRoutes(by: ComesBy): readonly object[] {
  // The body is the agent's to read.
  const passed = agentRoute(by, "to agents", { prefix: by === "workloads" ? "/agents/" : "/" }, PASSED);
  return by === "users" ? [passed] : [agentRoute(by, "to agents, whole", HANDED_ON, WHOLE), passed];
}

/**
 * Work that is handed on may have to be read before it is: by a person who approves it, or by the intent evaluator. So its body is shown as a
 * whole, unless the companion says that it comes in parts (docs/ways-in.md); what must be read, the authorizer then refuses.
 */
const HANDED_ON = {
  prefix: "/agents/",
  headers: [
    { name: "ambit-start", string_match: { exact: "delegation" } },
    { name: "ambit-body", present_match: true, invert_match: true },
  ],
} as const;

/** How a body is shown to the authorizer, and what the route says of that */
interface Shown {
  readonly says: Readonly<Record<string, string>>;
  readonly settings: object;
}

const PASSED: Shown = { says: {}, settings: { disable_request_body_buffering: true } };
const WHOLE: Shown = { says: { body: "whole" }, settings: { with_request_body: requestBody(MOST_MESSAGE_BYTES) } };

function agentRoute(by: ComesBy, name: string, match: object, { says, settings }: Shown): object {
  return {
    name,
    match,
    route: {
      cluster: CLUSTER,
      // Workloads name the agent in the path; the agent sees the rest of it.
      ...(by === "workloads" && { regex_rewrite: { pattern: { regex: "^/agents/[a-z0-9-]+" }, substitution: "" } }),
      timeout: seconds(SECONDS.stream),
      idle_timeout: seconds(SECONDS.idleStream),
      retry_policy: { retry_on: "reset-before-request", num_retries: 1 },
    },
    typed_per_filter_config: {
      ...heldToPeer(),
      [EXT_AUTHZ]: {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute",
        check_settings: { context_extensions: { agents: by, ...says }, ...settings },
      },
    },
  };
}
