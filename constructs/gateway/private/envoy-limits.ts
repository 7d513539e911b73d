import { LIMITS } from "../../../domain";

/** Bodies of requests, which the authorizer reads as a whole */
export const MOST_BODY_BYTES = 65_536;
/** Of those to models, which hold all that was said before: some 250,000 tokens of English */
export const MOST_PROMPT_BYTES = 1_048_576;
/** Of an answer that the authorizer reads as a whole */
export const MOST_ANSWER_BYTES = 1_048_576;
/** Of work that is handed on and read before it is */
export const MOST_MESSAGE_BYTES = 1_048_576;
export const MOST_HEADER_KILOBYTES = 24;
/** Of clients; each may have {@link LIMITS_OF_HTTP} streams with a body each */
export const MOST_CONNECTIONS = 4_000;
/** Of the 512 MiB that a container has by default; Envoy itself takes some 60 */
export const MOST_HEAP_BYTES = 402_653_184;

export const SECONDS = {
  /** TCP and TLS of a client */
  handshake: 5,
  /** All of a request's headers */
  headers: 5,
  /** All of a request, its body included */
  request: 30,
  /** Without a byte in either direction */
  idleStream: 120,
  /** Longer than companions keep one */
  idleConnection: 60,
  /** DESIGN.md section 7: a stream, and the connection that a verified certificate opened */
  stream: LIMITS.stream.seconds,
  /** For the authorizer's decision: the exchange and the tool's credential are asked meanwhile */
  decision: 10,
  /** For the authorizer to read a part of an answer, also where very many come at once */
  answer: 30,
  /** Of a connection to a tool: servers that close it after 2 s or later never do so while a request is on its way */
  idleUpstream: 1.5,
  /** TCP and TLS of a tool */
  connect: 5,
} as const;

export function seconds(value: number): string {
  return `${value}s`;
}

export const LIMITS_OF_HTTP = {
  request_headers_timeout: seconds(SECONDS.headers),
  request_timeout: seconds(SECONDS.request),
  stream_idle_timeout: seconds(SECONDS.idleStream),
  drain_timeout: "5s",
  delayed_close_timeout: "1s",
  common_http_protocol_options: {
    idle_timeout: seconds(SECONDS.idleConnection),
    max_connection_duration: seconds(SECONDS.stream),
    max_stream_duration: seconds(SECONDS.stream),
    max_headers_count: 64,
    // `x_y` and `x-y` are one header for some servers.
    headers_with_underscores_action: "REJECT_REQUEST",
  },
  http_protocol_options: { accept_http_10: false, allow_chunked_length: false, enable_trailers: false },
  http2_protocol_options: {
    max_concurrent_streams: 32,
    initial_stream_window_size: 65_536,
    initial_connection_window_size: 131_072,
    allow_connect: false,
  },
} as const;
