import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse, Root, type Type } from "protobufjs";

const OWN = resolve(__dirname, "../../../../runtime/authorizer/envoy");
const XDS = join(dirname(require.resolve("@grpc/grpc-js-xds/package.json")), "deps");
const FOLDERS = [
  ...["envoy-api", "googleapis", "protoc-gen-validate", "xds"].map((name) => join(XDS, name)),
  dirname(require.resolve("protobufjs/package.json")),
];

/** What Envoy's own declarations call the messages of ours */
const NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "authorization.proto": {
    CheckRequest: "envoy.service.auth.v3.CheckRequest",
    AttributeContext: "envoy.service.auth.v3.AttributeContext",
    "AttributeContext.Peer": "envoy.service.auth.v3.AttributeContext.Peer",
    "AttributeContext.Request": "envoy.service.auth.v3.AttributeContext.Request",
    "AttributeContext.HttpRequest": "envoy.service.auth.v3.AttributeContext.HttpRequest",
    HeaderMap: "envoy.config.core.v3.HeaderMap",
    HeaderValue: "envoy.config.core.v3.HeaderValue",
    HeaderValueOption: "envoy.config.core.v3.HeaderValueOption",
    CheckResponse: "envoy.service.auth.v3.CheckResponse",
    Status: "google.rpc.Status",
    DeniedHttpResponse: "envoy.service.auth.v3.DeniedHttpResponse",
    HttpStatus: "envoy.type.v3.HttpStatus",
    OkHttpResponse: "envoy.service.auth.v3.OkHttpResponse",
  },
  "external-processing.proto": {
    ProcessingRequest: "envoy.service.ext_proc.v3.ProcessingRequest",
    HttpHeaders: "envoy.service.ext_proc.v3.HttpHeaders",
    HttpBody: "envoy.service.ext_proc.v3.HttpBody",
    HeaderMap: "envoy.config.core.v3.HeaderMap",
    HeaderValue: "envoy.config.core.v3.HeaderValue",
    HeaderValueOption: "envoy.config.core.v3.HeaderValueOption",
    Metadata: "envoy.config.core.v3.Metadata",
    ProcessingResponse: "envoy.service.ext_proc.v3.ProcessingResponse",
    HeadersResponse: "envoy.service.ext_proc.v3.HeadersResponse",
    BodyResponse: "envoy.service.ext_proc.v3.BodyResponse",
    CommonResponse: "envoy.service.ext_proc.v3.CommonResponse",
    HeaderMutation: "envoy.service.ext_proc.v3.HeaderMutation",
    BodyMutation: "envoy.service.ext_proc.v3.BodyMutation",
    ImmediateResponse: "envoy.service.ext_proc.v3.ImmediateResponse",
    HttpStatus: "envoy.type.v3.HttpStatus",
    ProcessingMode: "envoy.extensions.filters.http.ext_proc.v3.ProcessingMode",
  },
  "access-log.proto": {
    StreamAccessLogsMessage: "envoy.service.accesslog.v3.StreamAccessLogsMessage",
    "StreamAccessLogsMessage.HttpLogs": "envoy.service.accesslog.v3.StreamAccessLogsMessage.HTTPAccessLogEntries",
    HttpLogEntry: "envoy.data.accesslog.v3.HTTPAccessLogEntry",
    "HttpLogEntry.Common": "envoy.data.accesslog.v3.AccessLogCommon",
    "HttpLogEntry.Response": "envoy.data.accesslog.v3.HTTPResponseProperties",
    Metadata: "envoy.config.core.v3.Metadata",
    ResponseFlags: "envoy.data.accesslog.v3.ResponseFlags",
  },
};

function envoysOwn(): Root {
  const root = new Root();
  root.resolvePath = (_, target) => {
    const found = FOLDERS.map((folder) => join(folder, target)).find((path) => {
      try {
        return readFileSync(path).length > 0;
      } catch {
        return false;
      }
    });
    return found ?? target;
  };
  const files = ["auth/v3/external_auth", "accesslog/v3/als", "ext_proc/v3/external_processor"];
  return root.loadSync(
    files.map((file) => `envoy/service/${file}.proto`),
    { keepCase: true },
  );
}

/** Numbers and kinds of fields, by name; of a message's type only that it is one */
function fieldsOf(type: Type) {
  return Object.fromEntries(
    type.fieldsArray.map(({ name, id, type: kind, repeated, map }) => {
      const plain = /^(?:bool|bytes|double|string|u?int(?:32|64))$/.test(kind) ? kind : "message";
      return [name, `${id} ${map ? "map " : ""}${repeated ? "repeated " : ""}${plain}`];
    }),
  );
}

/** Enumerations are numbers on the wire. */
const ENUMERATIONS: readonly string[] = [
  "append_action",
  "code",
  ...["request", "response"].flatMap((of) => ["header", "body", "trailer"].map((part) => `${of}_${part}_mode`)),
];

const PACKAGES: Readonly<Record<string, string>> = {
  "authorization.proto": "envoy.service.auth.v3",
  "external-processing.proto": "envoy.service.ext_proc.v3",
  "access-log.proto": "envoy.service.accesslog.v3",
};

test.each(Object.keys(NAMES))("%s has the field numbers of Envoy", (file) => {
  const theirs = envoysOwn();
  const own = parse(readFileSync(join(OWN, file), "utf8"), { keepCase: true }).root;
  const compared = Object.entries(NAMES[file] ?? {}).map(([name, other]) => {
    const [mine, real] = [fieldsOf(own.lookupType(`${PACKAGES[file]}.${name}`)), fieldsOf(theirs.lookupType(other))];
    for (const field of ENUMERATIONS) if (mine[field] !== undefined) mine[field] = real[field] ?? "missing";
    const wrong = Object.entries(mine).filter(([field, what]) => real[field] !== what);
    return [name, wrong.map(([field, what]) => `${field}: ${what}, Envoy has ${real[field]}`)];
  });
  expect(compared.filter(([, wrong]) => wrong?.length)).toEqual([]);
  expect(compared.length).toBeGreaterThan(5);
});
