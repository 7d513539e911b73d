import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request as httpsRequest, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { MOST_BODY_BYTES, MOST_HEADER_KILOBYTES } from "../../../constructs/gateway/local-envoy";
import { CALL_KEY } from "../../../runtime/authorizer/envoy/call-id";
import { ADDRESS_KEY } from "../../../runtime/authorizer/envoy/check-response";
import type { CheckResponse } from "../../../runtime/authorizer/envoy/protocol";
import type { HeldSvid, SvidSource } from "../../../runtime/workload-api/svid";
import { closed, listening } from "../loopback";
import { type AgentPassageProps, passToAgent } from "./agent-passage";
import type { AuthorizerClient } from "./authorizer-client";
import { HOW_TO_GET_IT } from "./find-envoy";
import {
  answeredByAuthorizer,
  bodyOf,
  checkRequest,
  hasBody,
  type Headers,
  headersOf,
  isWellFormed,
  passedHeaders,
  type Reason,
  refuse,
} from "./forwarder-http";
import { type ForwarderRoute, type ForwarderRoutes, takes } from "./forwarder-routes";
import { passAnswer } from "./passed-answer";

export interface ForwarderProps extends ForwarderRoutes {
  /** 0 for any free one */
  readonly port: number;
  readonly authorizer: Pick<AuthorizerClient, "check" | "ended">;
  /** The gateway's own SVID */
  readonly source: Pick<SvidSource, "current" | "onChange">;
  /** PEM of the authorities that tools' certificates are verified with */
  readonly authorities: string;
}

const BEYOND: Reason = {
  code: "gateway.route",
  what: "answers of MCP servers and models are read, which the development forwarder does not do",
  fix: `run npm run dev with Envoy (${HOW_TO_GET_IT})`,
};
const TOOL_MILLISECONDS = 300_000;

/**
 * Stands for Envoy if there is none: mutual TLS, the same routes, the same authorizer, and the call goes to exactly the
 * address that the authorizer names. For development: HTTP/1.1 only, without Envoy's limits of time, connections and
 * memory.
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

  private agents(incoming: IncomingMessage): AgentPassageProps | undefined {
    const { agents, authorizer, source } = this.props;
    const route = agents.find((each) => takes(each, incoming));
    return route && { route, authorizer, source };
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
    const agents = this.agents(incoming);
    if (agents !== undefined) return passToAgent(agents, incoming, outgoing);
    if (this.props.isBeyond(path)) return refuse(outgoing, 403, BEYOND);
    const route = this.props.routes.find(({ prefix }) => path.startsWith(prefix));
    if (route === undefined) return refuse(outgoing, 403, "gateway.route");
    const body = await bodyOf(incoming, MOST_BODY_BYTES);
    if (body === undefined) return refuse(outgoing, 413, "call.too-large");
    const request = headersOf(incoming);
    let answer: CheckResponse;
    try {
      answer = await this.props.authorizer.check(checkRequest(incoming, request, route.extensions, body));
    } catch {
      return refuse(outgoing, 503, "gateway.authorizer");
    }
    if (answeredByAuthorizer(outgoing, answer)) return;
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
    const headers = Object.fromEntries(passedHeaders(request, allowed));
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
    await passAnswer({
      sending,
      outgoing,
      begin: () => sending.end(body),
      removed: this.props.removed,
      codes: { unreached: "gateway.tool-unreachable", unanswered: "gateway.tool-unavailable" },
      end: (status, cut) => this.props.authorizer.ended({ call, status, cut }),
    });
  }
}

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
