import type { MethodDefinition } from "@grpc/grpc-js";
import { join } from "node:path";
import { Namespace, type NamespaceBase, Root, Type } from "protobufjs";

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
      readonly mode_override: {
        readonly response_header_mode: number;
        readonly response_body_mode: number;
        readonly response_trailer_mode?: number;
      };
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

const NO_BYTES = Buffer.alloc(0);

/**
 * A service of a proto file, whose messages are taken as they are read: what proto-loader does more, which is to copy each of them,
 * costs as much as to read it.
 */
function serviceOf(file: string, name: string): Readonly<Record<string, MethodDefinition<object, object>>> {
  const root = new Root().loadSync(join(__dirname, file), { keepCase: true }).resolveAll();
  withoutBytes(root);
  const methods = root.lookupService(name).methodsArray.map((method): [string, MethodDefinition<object, object>] => {
    const { resolvedRequestType: request, resolvedResponseType: response } = method;
    if (request === null || response === null) throw new Error(`${file} must declare the messages of ${method.name}`);
    const definition = {
      path: `/${name}/${method.name}`,
      requestStream: method.requestStream === true,
      responseStream: method.responseStream === true,
      requestSerialize: written(request),
      requestDeserialize: read(request),
      responseSerialize: written(response),
      responseDeserialize: read(response),
    };
    return [method.name, definition];
  });
  return Object.fromEntries(methods);
}

function written(type: Type): (message: object) => Buffer {
  return (message) => type.encode(message).finish() as Buffer;
}

function read(type: Type): (bytes: Buffer) => object {
  return (bytes) => type.decode(bytes);
}

/** Unset bytes become undefined: the library yields an empty list for them. */
function withoutBytes({ nestedArray }: NamespaceBase): void {
  for (const nested of nestedArray) {
    if (nested instanceof Type) {
      for (const { name, type, repeated } of nested.fieldsArray) {
        if (type === "bytes" && !repeated) (nested.ctor.prototype as Record<string, unknown>)[name] = NO_BYTES;
      }
    }
    if (nested instanceof Namespace) withoutBytes(nested);
  }
}

export const AUTHORIZATION = serviceOf("authorization.proto", "envoy.service.auth.v3.Authorization");
export const ACCESS_LOG = serviceOf("access-log.proto", "envoy.service.accesslog.v3.AccessLogService");
export const PROCESSING = serviceOf("external-processing.proto", "envoy.service.ext_proc.v3.ExternalProcessor");
