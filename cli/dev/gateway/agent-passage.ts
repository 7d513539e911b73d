import type { IncomingMessage, ServerResponse } from "node:http";
import { type RequestOptions, request as httpsRequest } from "node:https";
import { pipeline } from "node:stream/promises";
import { ADDRESS_KEY, PEER_KEY } from "../../../runtime/authorizer/envoy/check-response";
import type { CheckResponse } from "../../../runtime/authorizer/envoy/protocol";
import type { HeldSvid, SvidSource } from "../../../runtime/workload-api/svid";
import type { AuthorizerClient } from "./authorizer-client";
import {
  answeredByAuthorizer,
  answeredHeaders,
  checkRequest,
  hasBody,
  headersOf,
  passedHeaders,
  refuse,
} from "./forwarder-http";
import type { AgentsRoute } from "./forwarder-routes";

export interface AgentPassageProps {
  readonly route: AgentsRoute;
  readonly authorizer: Pick<AuthorizerClient, "check">;
  /** The gateway's own SVID, by which companions know it */
  readonly source: Pick<SvidSource, "current">;
}

const STREAM_MILLISECONDS = 300_000;
/** The body is the agent's to read, and nothing is decided by it. */
const NO_BODY = Buffer.alloc(0);

/** A request for an agent: to the companion at the very address that the authorizer says, if it shows the very SVID. */
export async function passToAgent(
  { route, authorizer, source }: AgentPassageProps,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const request = headersOf(incoming);
  let answer: CheckResponse;
  try {
    answer = await authorizer.check(checkRequest(incoming, request, route.extensions, NO_BODY));
  } catch {
    return refuse(outgoing, 503, "gateway.authorizer");
  }
  if (answeredByAuthorizer(outgoing, answer)) return;
  const allowed = "ok_response" in answer ? answer.ok_response : undefined;
  const said = answer.dynamic_metadata?.fields ?? {};
  const [address, peer] = [said[ADDRESS_KEY]?.stringValue, said[PEER_KEY]?.stringValue];
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
  let response: IncomingMessage;
  try {
    response = await answered(sending, incoming);
  } catch {
    return refuse(outgoing, 503, isConnected ? "way.unavailable" : "way.unreachable");
  }
  outgoing.writeHead(response.statusCode ?? 0, answeredHeaders(response, route.removed));
  // An answer is open from its head on, also where nothing follows for a while.
  outgoing.flushHeaders();
  await pipeline(response, outgoing);
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
function answered(sending: ReturnType<typeof httpsRequest>, incoming: IncomingMessage): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sending.once("response", resolve);
    sending.once("timeout", () => sending.destroy(new Error("no answer")));
    sending.on("error", reject);
    if (hasBody(incoming)) incoming.pipe(sending);
    else sending.end();
  });
}
