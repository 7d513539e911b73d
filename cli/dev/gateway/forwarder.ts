import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request as httpsRequest, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import type { TLSSocket } from "node:tls";
import { MOST_BODY_BYTES, MOST_HEADER_KILOBYTES, refusalBody } from "../../../constructs/gateway/local-envoy";
import { CALL_KEY } from "../../../runtime/authorizer/envoy/call-id";
import { ADDRESS_KEY } from "../../../runtime/authorizer/envoy/check-response";
import type { CheckRequest, CheckResponse, HeaderOption } from "../../../runtime/authorizer/envoy/protocol";
import type { HeldSvid, SvidSource } from "../../../runtime/workload-api/svid";
import { closed, listening } from "../loopback";
import type { AuthorizerClient } from "./authorizer-client";
import { HOW_TO_GET_IT } from "./find-envoy";
import type { ForwarderRoute, ForwarderRoutes } from "./forwarder-routes";

export interface ForwarderProps extends ForwarderRoutes {
  /** 0 for any free one */
  readonly port: number;
  readonly authorizer: Pick<AuthorizerClient, "check" | "ended">;
  /** The gateway's own SVID */
  readonly source: Pick<SvidSource, "current" | "onChange">;
  /** PEM of the authorities that tools' certificates are verified with */
  readonly authorities: string;
}

type Refused = Parameters<typeof refusalBody>[0];
type Reason = { readonly code: Refused; readonly what: string; readonly fix: string };
/** What was cut, and by which side */
type Cut = Parameters<AuthorizerClient["ended"]>[0]["cut"];

const MOST_HEADERS = 64;
const BEYOND: Reason = {
  code: "gateway.route",
  what: "answers of MCP servers and models are read, and agents are reached at their own pods, which the development forwarder does not do",
  fix: `run npm run dev with Envoy (${HOW_TO_GET_IT})`,
};
const TOOL_MILLISECONDS = 300_000;
/** Of one connection (RFC 9110 section 7.6.1), and what is written anew for the tool */
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

/**
 * Stands for Envoy where there is none: mutual TLS, the same routes, the same authorizer, and the call goes to the very address that
 * it names. For development: HTTP/1.1 alone, without Envoy's limits of time, connections and memory.
 */
export class Forwarder {
  private readonly server: Server;

  private constructor(
    private readonly props: ForwarderProps,
    svid: HeldSvid,
  ) {
    this.server = createServer(
      {
        ...tlsOf(svid),
        requestCert: true,
        rejectUnauthorized: true,
        minVersion: "TLSv1.3",
        ALPNProtocols: ["http/1.1"],
        maxHeaderSize: MOST_HEADER_KILOBYTES * 1_024,
        requireHostHeader: true,
      },
      (incoming, outgoing) => void this.serve(incoming, outgoing),
    );
    props.source.onChange((next) => next !== undefined && this.server.setSecureContext(tlsOf(next)));
  }

  public static async start(props: ForwarderProps): Promise<Forwarder> {
    const svid = props.source.current();
    if (svid === undefined) throw new Error("the development forwarder has no SVID");
    const forwarder = new Forwarder(props, svid);
    await listening(forwarder.server, props.port);
    return forwarder;
  }

  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  public close(): Promise<void> {
    return closed(this.server);
  }

  /** Answer it, or close its connection. */
  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    outgoing.setHeader("server", "ambit");
    try {
      await this.pass(incoming, outgoing);
    } catch {
      outgoing.destroy();
    }
  }

  private async pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const path = incoming.url ?? "";
    if (!isWellFormed(incoming)) return refuse(outgoing, 400, "gateway.limit");
    if (this.props.isBeyond(path)) return refuse(outgoing, 403, BEYOND);
    const route = this.props.routes.find(({ prefix }) => path.startsWith(prefix));
    if (route === undefined) return refuse(outgoing, 403, "gateway.route");
    const body = await bodyOf(incoming);
    if (body === undefined) return refuse(outgoing, 413, "call.too-large");
    const request = headersOf(incoming);
    let answer: CheckResponse;
    try {
      answer = await this.props.authorizer.check(checkRequest(incoming, request, route, body));
    } catch {
      return refuse(outgoing, 503, "gateway.authorizer");
    }
    const denied = "denied_response" in answer ? answer.denied_response : undefined;
    if (denied) {
      const { status, headers, body: text } = denied;
      setAll(outgoing, headers);
      return void outgoing.writeHead(status.code).end(text);
    }
    await this.forward({ incoming, outgoing, route, body, request }, answer);
  }

  private async forward(passage: Passage, answer: CheckResponse): Promise<void> {
    const { incoming, outgoing, route, body, request } = passage;
    const allowed = "ok_response" in answer ? answer.ok_response : undefined;
    const said = answer.dynamic_metadata?.fields ?? {};
    const [call, address] = [said[CALL_KEY]?.stringValue, said[ADDRESS_KEY]?.stringValue];
    if (allowed === undefined || call === undefined || address === undefined) {
      return refuse(outgoing, 503, "gateway.authorizer");
    }
    const removed = new Set(allowed.headers_to_remove);
    const headers = Object.fromEntries([
      ...request.filter(([name]) => !removed.has(name) && !name.startsWith(":") && !NOT_PASSED.has(name)),
      ...allowed.headers.map(({ header }) => [header.key, header.value] as const),
    ]);
    const { host } = route;
    const url = new URL(`https://${address}`);
    const sending = httpsRequest({
      method: incoming.method,
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port === "" ? 443 : Number(url.port),
      path: `${route.rewrite}${(incoming.url ?? "").slice(route.prefix.length)}`,
      headers: { ...headers, host, ...(hasBody(incoming) && { "content-length": body.length }) },
      servername: new URL(`https://${host}`).hostname,
      ca: this.props.authorities,
      timeout: TOOL_MILLISECONDS,
      agent: false,
    });
    let isConnected = false;
    sending.once("socket", (socket) => socket.once("secureConnect", () => (isConnected = true)));
    const end = (status: number, cut?: Cut): void => this.props.authorizer.ended({ call, status, cut });
    let response: IncomingMessage;
    try {
      response = await answered(sending, body);
    } catch {
      end(503, isConnected ? "upstream_connection_termination" : "upstream_connection_failure");
      return refuse(outgoing, 503, isConnected ? "gateway.tool-unavailable" : "gateway.tool-unreachable");
    }
    const status = response.statusCode ?? 0;
    outgoing.once("close", () => sending.destroy());
    outgoing.writeHead(status, this.answeredHeaders(response));
    try {
      await pipeline(response, outgoing);
      end(status);
    } catch (error) {
      end(status, response.complete ? "downstream_connection_termination" : "upstream_connection_termination");
      throw error;
    }
  }

  /** Names and values in turn, as they came */
  private answeredHeaders({ rawHeaders }: IncomingMessage): string[] {
    const kept: string[] = [];
    rawHeaders.forEach((name, index) => {
      const key = name.toLowerCase();
      if (index % 2 === 1 || NOT_ANSWERED.has(key) || this.props.removed.includes(key)) return;
      kept.push(name, rawHeaders[index + 1] as string);
    });
    return [...kept, "server", "ambit"];
  }
}

type Headers = readonly (readonly [name: string, value: string])[];

interface Passage {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly route: ForwarderRoute;
  readonly body: Buffer;
  readonly request: Headers;
}

function tlsOf({ cert, key, ca }: HeldSvid) {
  return { cert, key, ca };
}

function isWellFormed({ url = "", rawHeaders }: IncomingMessage): boolean {
  const names = rawHeaders.filter((_, index) => index % 2 === 0);
  return names.length <= MOST_HEADERS && !names.some((name) => name.includes("_")) && !ESCAPED_SLASH.test(url);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

/** Undefined where it is larger than the authorizer looks into */
async function bodyOf(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of incoming) {
    bytes += (part as Buffer).length;
    if (bytes <= MOST_BODY_BYTES) parts.push(part as Buffer);
  }
  return bytes > MOST_BODY_BYTES ? undefined : Buffer.concat(parts);
}

/** As they came, with those that Envoy adds; the id is its own, and never the client's. */
function headersOf({ method = "", url = "", headers, rawHeaders }: IncomingMessage): Headers {
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

function checkRequest(
  { method = "", url = "", socket }: IncomingMessage,
  headers: Headers,
  { extensions }: ForwarderRoute,
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

/** Send it, and wait for the head of the answer. */
function answered(sending: ReturnType<typeof httpsRequest>, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sending.once("response", resolve);
    sending.once("timeout", () => sending.destroy(new Error("no answer")));
    sending.on("error", reject);
    sending.end(body);
  });
}

function refuse(outgoing: ServerResponse, status: number, why: Refused | Reason): void {
  const body = typeof why === "string" ? refusalBody(why) : JSON.stringify(refusalOf(why));
  outgoing.writeHead(status, { "content-type": "application/json" }).end(body);
}

function refusalOf(reason: Reason): object {
  return { error: "access_denied", error_description: `${reason.what}: ${reason.fix}`, reasons: [reason] };
}

function setAll(outgoing: ServerResponse, headers: readonly HeaderOption[]): void {
  for (const { header } of headers) outgoing.setHeader(header.key, header.value);
}
