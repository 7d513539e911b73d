import { MOST_BODY_BYTES, SECONDS, seconds } from "./envoy-limits";
import { pipeCluster } from "./envoy-pipe";

const CLUSTER = "authorizer";

/** Over a Unix socket of the pod: only its containers can reach it, and no secret is shared. */
export function authorizerCluster(path: string): object {
  return pipeCluster(CLUSTER, path, {
    // More than clients may have under way, so that the calls of one never refuse those of another.
    circuit_breakers: { thresholds: [{ max_requests: 16_384, max_pending_requests: 16_384 }] },
  });
}

/** Each request is decided on as it arrived, with its whole body, before anything of it goes out. */
export function externalAuthorization(): object {
  return {
    name: "envoy.filters.http.ext_authz",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz",
      transport_api_version: "V3",
      grpc_service: { envoy_grpc: { cluster_name: CLUSTER }, timeout: seconds(SECONDS.decision) },
      failure_mode_allow: false,
      status_on_error: { code: "ServiceUnavailable" },
      with_request_body: requestBody(MOST_BODY_BYTES),
      include_peer_certificate: true,
      encode_raw_headers: true,
      validate_mutations: true,
    },
  };
}

const EXT_PROC = "envoy.filters.http.ext_proc";
/** `ProcessingMode` that hides everything from the processor: requests, which are decided already, and trailers */
const NOTHING = {
  request_header_mode: "SKIP",
  request_body_mode: "NONE",
  request_trailer_mode: "SKIP",
  response_trailer_mode: "SKIP",
  response_body_mode: "NONE",
} as const;

const HEADER_MUTATION = "envoy.filters.http.header_mutation";
const HTTP_ANSWERS = "ambit.http_answers";
/** Milliseconds to the head of an answer, as Envoy counts them (`%RESPONSE_DURATION%`). No agent gets it. */
const ANSWERED_AFTER = "x-ambit-answered-after";

/** What an answer of an HTTP tool is like that ends soon: its head came in less than 2 s, and says that less than 65,000 bytes follow. */
const SOON = { [ANSWERED_AFTER]: "[0-9]{1,3}|1[0-9]{3}", "content-length": "[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}" };
/** 4xx and 5xx, as all that the gateway answers by itself: those go out while the authorizer is away. */
const FAILED = { ":status": "[45][0-9]{2}" };

const SKIPPED = {
  matcher_list: {
    matchers: [
      {
        predicate: { or_matcher: { predicate: [allOf(FAILED), allOf(SOON)] } },
        on_match: {
          action: {
            name: "skip",
            typed_config: {
              "@type": "type.googleapis.com/envoy.extensions.filters.common.matcher.action.v3.SkipFilter",
            },
          },
        },
      },
    ],
  },
};

function allOf(headers: Readonly<Record<string, string>>): object {
  const predicate = Object.entries(headers).map(([name, regex]) => ({
    single_predicate: {
      input: {
        name,
        typed_config: {
          "@type": "type.googleapis.com/envoy.type.matcher.v3.HttpResponseHeaderMatchInput",
          header_name: name,
        },
      },
      value_match: { safe_regex: { google_re2: {}, regex } },
    },
  }));
  return predicate.length === 1 ? (predicate[0] as object) : { and_matcher: { predicate } };
}

/** Shows the authorizer answers on their way to the agent, on the routes that say so. It says itself how much of a body it must see. */
export function answerProcessing(): object {
  return {
    name: EXT_PROC,
    disabled: true,
    typed_config: processing({ ...NOTHING, response_header_mode: "SKIP" }),
  };
}

/** For the routes of tools whose answers say in their body how a call ended, or list what an agent may not know */
export function answersAreRead(): object {
  return {
    [EXT_PROC]: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute",
      overrides: { processing_mode: { ...NOTHING, response_header_mode: "SEND" } },
    },
  };
}

/**
 * Shows the authorizer the headers of long-lived answers, on the routes that say so, so that it can cut them. Answers
 * that end soon or fail are not shown, and cost nothing.
 */
export function answersMayBeCut(): object {
  return {
    name: HTTP_ANSWERS,
    disabled: true,
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.common.matching.v3.ExtensionWithMatcher",
      extension_config: {
        name: EXT_PROC,
        typed_config: processing({ ...NOTHING, response_header_mode: "SEND" }),
      },
      xds_matcher: SKIPPED,
    },
  };
}

/** For the routes of HTTP tools */
export function answersAreShown(): object {
  return {
    [HEADER_MUTATION]: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute",
      mutations: { response_mutations: [{ remove: ANSWERED_AFTER }] },
    },
    [HTTP_ANSWERS]: {
      "@type": "type.googleapis.com/envoy.extensions.common.matching.v3.ExtensionWithMatcherPerRoute",
      xds_matcher: SKIPPED,
    },
  };
}

/** For the routes of HTTP tools: what `answersMayBeCut` looks at. What the tool says itself is overwritten. */
export function answeredAfter(): object {
  return {
    header: { key: ANSWERED_AFTER, value: "%RESPONSE_DURATION%" },
    append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
  };
}

/** Stands before the other filters, so that it sees answers behind them, on the routes that say so. */
export function answeredAfterIsKept(): object {
  return {
    name: HEADER_MUTATION,
    disabled: true,
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
      mutations: {},
    },
  };
}

function processing(mode: object): object {
  return {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor",
    grpc_service: { envoy_grpc: { cluster_name: CLUSTER } },
    failure_mode_allow: false,
    processing_mode: mode,
    allow_mode_override: true,
    message_timeout: seconds(SECONDS.answer),
    // Which call it is
    metadata_options: { forwarding_namespaces: { untyped: ["envoy.filters.http.ext_authz"] } },
  };
}

/** The whole of a body, or a refusal */
export function requestBody(mostBytes: number): object {
  return { max_request_bytes: mostBytes, allow_partial_message: false, pack_as_bytes: true };
}

/** Tells the authorizer how each call ended. */
export function authorizerLog(): object {
  return {
    name: "envoy.access_loggers.http_grpc",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig",
      common_config: {
        log_name: "calls",
        transport_api_version: "V3",
        grpc_service: { envoy_grpc: { cluster_name: CLUSTER } },
        // Soon enough for an order that waits for it, and several in one message where calls are many.
        buffer_flush_interval: "0.025s",
      },
    },
  };
}
