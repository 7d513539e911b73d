import { loadPackageDefinition, type ServiceDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { join } from "node:path";

/** As the proto files name them */
export interface CheckRequest {
  readonly attributes: {
    readonly source: { readonly certificate: string } | null;
    readonly request: {
      readonly http: {
        readonly method: string;
        readonly path: string;
        readonly raw_body: Buffer;
        readonly header_map: { readonly headers: readonly HeaderValue[] } | null;
      } | null;
    } | null;
    readonly context_extensions: Readonly<Record<string, string>>;
  } | null;
}

export interface HeaderValue {
  readonly key: string;
  readonly value?: string;
  readonly raw_value: Buffer;
}

/** Code of gRPC: 0 lets the request go on */
export type CheckResponse = {
  readonly status: { readonly code: number };
  readonly dynamic_metadata?: Struct;
} & (
  | {
      readonly ok_response: {
        readonly headers: readonly HeaderOption[];
        readonly headers_to_remove: readonly string[];
      };
    }
  | { readonly denied_response: RefusalAnswer }
);

export interface RefusalAnswer {
  readonly status: { readonly code: number };
  readonly headers: readonly HeaderOption[];
  readonly body: string;
}

export interface HeaderOption {
  readonly header: { readonly key: string; readonly value: string };
  readonly append_action: number;
}

/** google.protobuf.Struct, of texts alone */
export interface Struct {
  readonly fields: Readonly<Record<string, { readonly stringValue?: string }>>;
}

export interface AccessLogMessage {
  readonly http_logs: { readonly log_entry: readonly AccessLogEntry[] } | null;
}

export interface AccessLogEntry {
  readonly common_properties: {
    readonly response_flags: Readonly<Record<string, boolean>> | null;
    readonly metadata: { readonly filter_metadata: Readonly<Record<string, Struct>> } | null;
  } | null;
  readonly response: {
    readonly response_code: { readonly value: number } | null;
    readonly response_code_details: string;
  } | null;
}

/** A part of an answer: its head, or of its body */
export interface ProcessingRequest {
  readonly response_headers?: {
    readonly headers: { readonly headers: readonly HeaderValue[] } | null;
    readonly end_of_stream: boolean;
  } | null;
  readonly response_body?: { readonly body: Buffer; readonly end_of_stream: boolean } | null;
  readonly metadata_context: { readonly filter_metadata: Readonly<Record<string, Struct>> } | null;
}

export type ProcessingResponse =
  | {
      readonly response_headers: { readonly response: { readonly header_mutation?: HeaderMutation } };
      readonly mode_override: { readonly response_header_mode: number; readonly response_body_mode: number };
    }
  | { readonly response_body: { readonly response: { readonly body_mutation?: { readonly body: Uint8Array } } } }
  | {
      readonly immediate_response: {
        readonly status: { readonly code: number };
        readonly headers: HeaderMutation;
        readonly body: Buffer;
        readonly details: string;
      };
    };

interface HeaderMutation {
  readonly set_headers?: readonly HeaderOption[];
  readonly remove_headers?: readonly string[];
}

function serviceOf(file: string, path: readonly string[]): ServiceDefinition {
  let found = loadPackageDefinition(loadSync(join(__dirname, file), { keepCase: true, defaults: true })) as unknown;
  for (const name of path) found = (found as Record<string, unknown>)[name];
  return (found as { readonly service: ServiceDefinition }).service;
}

export const AUTHORIZATION = serviceOf("authorization.proto", ["envoy", "service", "auth", "v3", "Authorization"]);
export const ACCESS_LOG = serviceOf("access-log.proto", ["envoy", "service", "accesslog", "v3", "AccessLogService"]);
export const PROCESSING = serviceOf("external-processing.proto", [
  "envoy",
  "service",
  "ext_proc",
  "v3",
  "ExternalProcessor",
]);
