import { loadPackageDefinition, type ServiceDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { join, resolve } from "node:path";
import { ACCESS_LOG, AUTHORIZATION, PROCESSING } from "../../../../runtime/authorizer/envoy/protocol";

const FOLDER = resolve(__dirname, "../../../../runtime/authorizer/envoy");

/** The same service as proto-loader has it, which copies each message with all of its defaults */
function copied(file: string, path: string): ServiceDefinition {
  const options = { keepCase: true, defaults: true };
  let found = loadPackageDefinition(loadSync(join(FOLDER, file), options)) as unknown;
  for (const name of path.split(".")) found = (found as Record<string, unknown>)[name];
  return (found as { readonly service: ServiceDefinition }).service;
}

const SERVICES = {
  Check: [AUTHORIZATION, copied("authorization.proto", "envoy.service.auth.v3.Authorization")],
  Process: [PROCESSING, copied("external-processing.proto", "envoy.service.ext_proc.v3.ExternalProcessor")],
  StreamAccessLogs: [ACCESS_LOG, copied("access-log.proto", "envoy.service.accesslog.v3.AccessLogService")],
} as const;

/** Each member that the copy has, as the message says it */
function members(message: unknown, copy: unknown): unknown {
  if (typeof copy !== "object" || copy === null || Buffer.isBuffer(copy)) return message;
  if (typeof message !== "object" || message === null) return message;
  if (Array.isArray(copy)) return copy.map((each, at) => members((message as readonly unknown[])[at], each));
  const of = message as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(copy).map(([name, value]) => [name, members(of[name], value)]));
}

const HEADERS = { headers: [{ key: "a", raw_value: Buffer.from("b") }, { key: "c" }, {}] };
const METADATA = { filter_metadata: { ambit: { fields: { call: { stringValue: "id" }, none: {} } }, empty: {} } };

test.each<readonly [string, keyof typeof SERVICES, object]>([
  ["a request without anything", "Check", {}],
  ["a request without source and body", "Check", { attributes: { request: { http: {} } } }],
  ["a request without an HTTP request", "Check", { attributes: { source: {}, request: {} } }],
  [
    "a whole request",
    "Check",
    {
      attributes: {
        source: { certificate: "pem" },
        request: { http: { method: "GET", path: "/", raw_body: Buffer.from("b"), header_map: HEADERS } },
        context_extensions: { tool: "crm", ["__proto__"]: "x" },
      },
    },
  ],
  ["a part without anything", "Process", {}],
  ["headers without anything", "Process", { response_headers: {} }],
  ["headers", "Process", { response_headers: { headers: HEADERS, end_of_stream: true }, metadata_context: METADATA }],
  ["the end of a body behind its last bytes", "Process", { response_body: { end_of_stream: true } }],
  ["a part of a body", "Process", { response_body: { body: Buffer.from("x") } }],
  ["a log without anything", "StreamAccessLogs", {}],
  ["a log without entries", "StreamAccessLogs", { http_logs: {} }],
  [
    "entries of a log",
    "StreamAccessLogs",
    {
      http_logs: {
        log_entry: [
          {},
          { common_properties: {}, response: {} },
          {
            common_properties: { response_flags: { local_reset: true }, metadata: METADATA },
            response: { response_code: { value: 200 }, response_code_details: "via_upstream" },
          },
        ],
      },
    },
  ],
])("%s is read as a copy of it with all defaults would say", (_, method, message) => {
  const [own, other] = SERVICES[method];
  const bytes = other[method]?.requestSerialize(message);
  if (bytes === undefined) throw new Error(`no ${method}`);
  const copy = other[method]?.requestDeserialize(bytes);
  expect(members(own[method]?.requestDeserialize(bytes), copy)).toEqual(copy);
});
