import type { IncomingMessage, ServerResponse } from "node:http";
import { type RequestOptions, request as httpsRequest } from "node:https";
import { pipeline } from "node:stream/promises";
import { MOST_MESSAGE_BYTES } from "../../../constructs/gateway/local-envoy";
import { CALL_KEY } from "../../../runtime/authorizer/envoy/call-id";
import { ADDRESS_KEY, PEER_KEY } from "../../../runtime/authorizer/envoy/check-response";
import type { CheckResponse } from "../../../runtime/authorizer/envoy/protocol";
import type { HeldSvid, SvidSource } from "../../../runtime/workload-api/svid";
import type { AuthorizerClient, Cut } from "./authorizer-client";
import {
  answeredByAuthorizer,
  answeredHeaders,
  bodyOf,
  checkRequest,
  hasBody,
  headersOf,
  passedHeaders,
  refuse,
} from "./forwarder-http";
import type { AgentsRoute } from "./forwarder-routes";

export interface AgentPassageProps {
  readonly route: AgentsRoute;
  readonly authorizer: Pick<AuthorizerClient, "check" | "ended">;
  /** The gateway's own SVID, by which companions know it */
  readonly source: Pick<SvidSource, "current">;
}

const STREAM_MILLISECONDS = 300_000;
/** As it goes on: part by part, where nothing is decided by it */
type Body = Buffer | undefined;

/** A request for an agent: to the companion at the very address that the authorizer says, if it shows the very SVID. */
export async function passToAgent(
  { route, authorizer, source }: AgentPassageProps,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const request = headersOf(incoming);
  const isWhole = route.extensions["body"] === "whole";
  const body: Body = isWhole ? await bodyOf(incoming, MOST_MESSAGE_BYTES) : undefined;
  if (isWhole && body === undefined) return refuse(outgoing, 413, "call.too-large");
  let answer: CheckResponse;
  try {
    answer = await authorizer.check(checkRequest(incoming, request, route.extensions, body ?? Buffer.alloc(0)));
  } catch {
    return refuse(outgoing, 503, "gateway.authorizer");
  }
  if (answeredByAuthorizer(outgoing, answer)) return;
  const allowed = "ok_response" in answer ? answer.ok_response : undefined;
  const said = answer.dynamic_metadata?.fields ?? {};
  const [address, peer] = [said[ADDRESS_KEY]?.stringValue, said[PEER_KEY]?.stringValue];
  const call = said[CALL_KEY]?.stringValue;
  const svid = source.current();
  if (!allowed || address === undefined || peer === undefined || svid === undefined) {
    return refuse(outgoing, 503, "gateway.authorizer");
  }
  const { host = "" } = incoming.headers;
  const sending = httpsRequest({
    ...connectionTo(address, peer, svid),
    method: incoming.method,
    path: (incoming.url ?? "").replace(route.cut, ""),
    headers: [["host", host], ...passedHeaders(request, allowed), ...framing(incoming)].flat(),
  });
  let isConnected = false;
  sending.once("socket", (socket) => socket.once("secureConnect", () => (isConnected = true)));
  outgoing.once("close", () => sending.destroy());
  const end = (status: number, cut?: Cut): void => {
    if (call !== undefined) authorizer.ended({ call, status, cut });
  };
  let response: IncomingMessage;
  try {
    response = await answered(sending, incoming, body);
  } catch {
    end(503, isConnected ? "upstream_connection_termination" : "upstream_connection_failure");
    return refuse(outgoing, 503, isConnected ? "way.unavailable" : "way.unreachable");
  }
  const status = response.statusCode ?? 0;
  outgoing.writeHead(status, answeredHeaders(response, route.removed));
  // An answer is open from its head on, also where nothing follows for a while.
  outgoing.flushHeaders();
  try {
    await pipeline(response, outgoing);
    end(status);
  } catch (error) {
    end(status, response.complete ? "downstream_connection_termination" : "upstream_connection_termination");
    throw error;
  }
}

function connectionTo(address: string, peer: string, { cert, key, ca }: HeldSvid): RequestOptions {
  const { hostname, port } = new URL(`https://${address}`);
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port,
    agent: false,
    cert,
    key,
    ca,
    minVersion: "TLSv1.3",
    timeout: STREAM_MILLISECONDS,
    checkServerIdentity: (_, { subjectaltname }) =>
      subjectaltname === `URI:${peer}` ? undefined : new Error(`the pod must show ${peer}, got ${subjectaltname}`),
  };
}

function framing(incoming: IncomingMessage): string[][] {
  const { "content-length": length } = incoming.headers;
  if (length !== undefined) return [["content-length", length]];
  return hasBody(incoming) ? [["transfer-encoding", "chunked"]] : [];
}

/** Send it, and wait for the head of the answer. */
function answered(
  sending: ReturnType<typeof httpsRequest>,
  incoming: IncomingMessage,
  body: Body,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sending.once("response", resolve);
    sending.once("timeout", () => sending.destroy(new Error("no answer")));
    sending.on("error", reject);
    if (body === undefined && hasBody(incoming)) incoming.pipe(sending);
    else sending.end(body);
  });
}
