import { refusalBody } from "./envoy-routes";

type Code = Parameters<typeof refusalBody>[0];

/**
 * Resets before a connection existed. Envoy retries only if nothing was sent, so nothing was sent before one of these.
 */
const NEVER_SENT = ["local_connection_failure", "remote_connection_failure", "connection_timeout", "overflow"];

const WAS_NEVER_SENT = `response.code_details.matches("[{|](${NEVER_SENT.join("|")})[,}|]")`;
/** No tool has a blank in its name. */
const TO_AGENTS = "xds.route_name.startsWith('to agents')";

/** What Envoy answers by itself gets a reason too. The first that fits is taken; what the authorizer answers stays as it is. */
const REPLIES: readonly { readonly when: string; readonly code: Code }[] = [
  { when: 'response.code_details.startsWith("ext_authz_error")', code: "gateway.authorizer" },
  {
    when: "response.code_details.startsWith('http1.') || response.code_details.startsWith('http2.')",
    code: "gateway.limit",
  },
  { when: "response.code == 429 && !response.code_details.startsWith('ext_authz')", code: "way.too-many" },
  { when: "response.code == 413 && !response.code_details.startsWith('ext_authz')", code: "call.too-large" },
  {
    when: "response.code >= 400 && response.code < 500 && response.code != 403 && !response.code_details.startsWith('ext_authz')",
    code: "gateway.limit",
  },
  { when: `${TO_AGENTS} && ${WAS_NEVER_SENT}`, code: "way.unreachable" },
  {
    when: `${TO_AGENTS} && response.code >= 500 && !response.code_details.startsWith('ext_authz') && response.code_details != 'via_upstream'`,
    code: "way.unavailable",
  },
  { when: WAS_NEVER_SENT, code: "gateway.tool-unreachable" },
  {
    when: "response.code >= 500 && !response.code_details.startsWith('ext_authz') && response.code_details != 'ambit_answer'",
    code: "gateway.tool-unavailable",
  },
];

export function localReplies(): object {
  return {
    mappers: REPLIES.map(({ when, code }) => ({
      filter: {
        extension_filter: {
          name: "envoy.access_loggers.extension_filters.cel",
          typed_config: {
            "@type": "type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter",
            expression: when,
          },
        },
      },
      body_format_override: {
        text_format_source: { inline_string: refusalBody(code).replaceAll("%", "%%") },
        content_type: "application/json",
      },
    })),
  };
}
