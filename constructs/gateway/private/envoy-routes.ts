import { GATEWAY_REASONS } from "../../../domain";
import { answeredAfter, answersAreRead, answersAreShown, requestBody } from "./envoy-authorizer";
import { TOOL_CLUSTER } from "./envoy-destinations";
import { MOST_ANSWER_BYTES, MOST_PROMPT_BYTES, SECONDS, seconds } from "./envoy-limits";

/** What Envoy must know of a tool */
export interface GatewayTool {
  readonly name: string;
  /** https address, without a slash at its end */
  readonly url: string;
  /** Of HTTP tools the status says how a call ended; of the others the authorizer reads the answer. */
  readonly kind: "http" | "mcp" | "model";
}

/** What the metadata of tools says of the gateway */
export interface ProtectedResources {
  /** https address at which the gateway is called */
  readonly address: string;
  /** Of the exchange, whose tokens it takes */
  readonly issuer: string;
}

/** Where the metadata of tools stands (RFC 9728 section 3.1), as the authorizer's challenges say */
const METADATA = "/.well-known/oauth-protected-resource";

/** The one way to a tool: the authorizer learns from it which tool a request is for, never from the request. */
export function toolRoute(tool: GatewayTool): object {
  const { host, pathname } = new URL(tool.url);
  const isRead = tool.kind !== "http";
  const { match, rewrite } = pathsOf(tool, pathname);
  return {
    name: tool.name,
    match,
    // Of the answer too, where it is read as a whole
    ...(isRead && { request_body_buffer_limit: MOST_ANSWER_BYTES }),
    route: {
      cluster: TOOL_CLUSTER,
      prefix_rewrite: rewrite,
      host_rewrite_literal: host,
      timeout: seconds(SECONDS.stream),
      idle_timeout: seconds(SECONDS.idleStream),
      // The connection was closed before anything of the request was sent: it still arrives at most once.
      retry_policy: { retry_on: "reset-before-request", num_retries: 1 },
    },
    ...(!isRead && { response_headers_to_add: [answeredAfter()] }),
    typed_per_filter_config: {
      "envoy.filters.http.ext_authz": {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute",
        check_settings: {
          context_extensions: { tool: tool.name, destination: host },
          ...(tool.kind === "model" && { with_request_body: requestBody(MOST_PROMPT_BYTES) }),
        },
      },
      ...(isRead ? answersAreRead() : answersAreShown()),
    },
  };
}

/** An MCP server has one address, and the others have one below which all of theirs are. */
function pathsOf(
  { kind, name }: GatewayTool,
  pathname: string,
): { readonly match: { readonly path: string } | { readonly prefix: string }; readonly rewrite: string } {
  if (kind === "mcp") return { match: { path: `/tools/${name}` }, rewrite: pathname };
  return { match: { prefix: `/tools/${name}/` }, rewrite: `${pathname.replace(/\/$/, "")}/` };
}

/** Metadata of a tool as a protected resource (RFC 9728 section 2): where clients, those of MCP above all, learn who issues its tokens */
export function resourceRoute({ name }: GatewayTool, { address, issuer }: ProtectedResources): object {
  const path = `/tools/${name}`;
  return answered(`metadata of ${name}`, { path: `${METADATA}${path}` }, 200, {
    resource: `${address}${path}`,
    authorization_servers: [issuer],
    bearer_methods_supported: ["header"],
    tls_client_certificate_bound_access_tokens: true,
  });
}

/** Requests for no tool */
export function catchAll(): object {
  return answered("none", { prefix: "/" }, 403, JSON.parse(refusalBody("gateway.route")) as object);
}

/** What Envoy answers by itself, without a decision */
function answered(name: string, match: object, status: number, body: object): object {
  return {
    name,
    match,
    direct_response: { status, body: { inline_string: JSON.stringify(body) } },
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
  const { error, what, fix } = GATEWAY_REASONS[code];
  return JSON.stringify({ error, error_description: `${what}: ${fix}`, reasons: [{ code, what, fix }] });
}
