import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import { refusalBody } from "../../../constructs/gateway/local-envoy";
import type { CheckRequest, CheckResponse, HeaderOption } from "../../../runtime/authorizer/envoy/protocol";

/** A reason of the gateway, by its code */
export type Refused = Parameters<typeof refusalBody>[0];

/** A reason of the forwarder itself */
export interface Reason {
  readonly code: Refused;
  readonly what: string;
  readonly fix: string;
}

export type Headers = readonly (readonly [name: string, value: string])[];

const MOST_HEADERS = 64;
/** Of one connection (RFC 9110 section 7.6.1), and what is written anew */
const NOT_PASSED: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
const NOT_ANSWERED: ReadonlySet<string> = new Set(["connection", "keep-alive", "server", "trailer", "upgrade"]);
/** Which Envoy does not look into */
const ESCAPED_SLASH = /%(?:2f|5c)/i;

/** As Envoy takes it */
export function isWellFormed({ url = "", rawHeaders }: IncomingMessage): boolean {
  const names = rawHeaders.filter((_, index) => index % 2 === 0);
  return names.length <= MOST_HEADERS && !names.some((name) => name.includes("_")) && !ESCAPED_SLASH.test(url);
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

/** The whole of it; undefined if it is larger */
export async function bodyOf(incoming: IncomingMessage, mostBytes: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of incoming) {
    bytes += (part as Buffer).length;
    if (bytes <= mostBytes) parts.push(part as Buffer);
  }
  return bytes > mostBytes ? undefined : Buffer.concat(parts);
}

/** As they came, with those that Envoy adds; the id is its own, and never the client's. */
export function headersOf({ method = "", url = "", headers, rawHeaders }: IncomingMessage): Headers {
  const came = rawHeaders.flatMap((name, index) =>
    index % 2 === 1 ? [] : [[name.toLowerCase(), rawHeaders[index + 1] as string] as const],
  );
  return [
    [":authority", headers.host ?? ""],
    [":method", method],
    [":path", url],
    [":scheme", "https"],
    ...came.filter(([name]) => name !== "host" && name !== "x-request-id"),
    ["x-request-id", randomUUID()],
  ];
}

/**
 * @param extensions what the route says of it
 * @param body that is decided on
 */
export function checkRequest(
  { method = "", url = "", socket }: IncomingMessage,
  headers: Headers,
  extensions: Readonly<Record<string, string>>,
  body: Buffer,
): CheckRequest {
  const certificate = (socket as TLSSocket).getPeerX509Certificate()?.toString() ?? "";
  return {
    attributes: {
      source: { certificate: encodeURIComponent(certificate) },
      request: {
        http: {
          method,
          path: url,
          raw_body: body,
          header_map: { headers: headers.map(([key, value]) => ({ key, raw_value: Buffer.from(value, "latin1") })) },
        },
      },
      context_extensions: extensions,
    },
  };
}

/** What goes on of the request: without what the authorizer takes out, and with what it sets */
export function passedHeaders(
  request: Headers,
  { headers, headers_to_remove }: Extract<CheckResponse, { readonly ok_response: object }>["ok_response"],
): Headers {
  const gone = new Set([...headers_to_remove, ...headers.map(({ header }) => header.key)]);
  return [
    ...request.filter(([name]) => !gone.has(name) && !name.startsWith(":") && !NOT_PASSED.has(name)),
    ...headers.map(({ header }) => [header.key, header.value] as const),
  ];
}

/** Names and values in turn, as they came */
export function answeredHeaders({ rawHeaders }: IncomingMessage, removed: readonly string[]): string[] {
  const kept: string[] = [];
  rawHeaders.forEach((name, index) => {
    const key = name.toLowerCase();
    if (index % 2 === 1 || NOT_ANSWERED.has(key) || removed.includes(key)) return;
    kept.push(name, rawHeaders[index + 1] as string);
  });
  return [...kept, "server", "ambit"];
}

/** @returns whether the authorizer answered it by itself */
export function answeredByAuthorizer(outgoing: ServerResponse, answer: CheckResponse): boolean {
  if (!("denied_response" in answer) || !answer.denied_response) return false;
  const { status, headers, body } = answer.denied_response;
  setAll(outgoing, headers);
  outgoing.writeHead(status.code).end(body);
  return true;
}

export function refuse(outgoing: ServerResponse, status: number, why: Refused | Reason): void {
  const body = typeof why === "string" ? refusalBody(why) : JSON.stringify(refusalOf(why));
  outgoing.writeHead(status, { "content-type": "application/json" }).end(body);
}

function refusalOf(reason: Reason): object {
  return { error: "access_denied", error_description: `${reason.what}: ${reason.fix}`, reasons: [reason] };
}

function setAll(outgoing: ServerResponse, headers: readonly HeaderOption[]): void {
  for (const { header } of headers) outgoing.setHeader(header.key, header.value);
}
