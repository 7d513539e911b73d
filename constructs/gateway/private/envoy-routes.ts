import { GATEWAY_REASONS } from "../../../domain";
import { TOOL_CLUSTER } from "./envoy-destinations";
import { SECONDS, seconds } from "./envoy-limits";

/** What Envoy must know of a tool */
export interface GatewayTool {
  readonly name: string;
  /** https address, without a slash at its end */
  readonly url: string;
}

/** The one way to a tool: the authorizer learns from it which tool a request is for, never from the request. */
export function toolRoute(tool: GatewayTool): object {
  const { host, pathname } = new URL(tool.url);
  return {
    name: tool.name,
    match: { prefix: `/tools/${tool.name}/` },
    route: {
      cluster: TOOL_CLUSTER,
      prefix_rewrite: `${pathname.replace(/\/$/, "")}/`,
      host_rewrite_literal: host,
      timeout: seconds(SECONDS.stream),
      idle_timeout: seconds(SECONDS.idleStream),
    },
    typed_per_filter_config: {
      "envoy.filters.http.ext_authz": {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute",
        check_settings: { context_extensions: { tool: tool.name, destination: host } },
      },
    },
  };
}

/** Whatever is no tool's */
export function catchAll(): object {
  return {
    name: "none",
    match: { prefix: "/" },
    direct_response: { status: 403, body: { inline_string: refusalBody("gateway.route") } },
    response_headers_to_add: [
      { header: { key: "content-type", value: "application/json" }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" },
    ],
    typed_per_filter_config: {
      "envoy.filters.http.ext_authz": {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute",
        disabled: true,
      },
    },
  };
}

/** As the authorizer writes it */
export function refusalBody(code: keyof typeof GATEWAY_REASONS): string {
  const [error, what, fix] = GATEWAY_REASONS[code];
  return JSON.stringify({ error, error_description: `${what}: ${fix}`, reasons: [{ code, what, fix }] });
}
