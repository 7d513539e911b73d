import type { IncomingMessage, ServerResponse } from "node:http";
import { type RequestOptions, request as httpsRequest } from "node:https";
import { MOST_MESSAGE_BYTES } from "../../../constructs/gateway/local-envoy";
import { CALL_KEY } from "../../../runtime/authorizer/envoy/call-id";
import { ADDRESS_KEY, PEER_KEY } from "../../../runtime/authorizer/envoy/check-response";
import type { CheckResponse } from "../../../runtime/authorizer/envoy/protocol";
import type { HeldSvid, SvidSource } from "../../../runtime/workload-api/svid";
import type { AuthorizerClient } from "./authorizer-client";
import {
  answeredByAuthorizer,
  bodyOf,
  checkRequest,
  hasBody,
  headersOf,
  passedHeaders,
  refuse,
} from "./forwarder-http";
import type { AgentsRoute } from "./forwarder-routes";
import { passAnswer } from "./passed-answer";

export interface AgentPassageProps {
  readonly route: AgentsRoute;
  readonly authorizer: Pick<AuthorizerClient, "check" | "ended">;
  /** The gateway's own SVID, by which companions know it */
  readonly source: Pick<SvidSource, "current">;
}

const STREAM_MILLISECONDS = 300_000;
/** Undefined if the body is streamed, because no decision depends on it */
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
  await passAnswer({
    sending,
    outgoing,
    begin: () => (body === undefined && hasBody(incoming) ? void incoming.pipe(sending) : void sending.end(body)),
    removed: route.removed,
    codes: { unreached: "way.unreachable", unanswered: "way.unavailable" },
    end: (status, cut) => {
      if (call !== undefined) authorizer.ended({ call, status, cut });
    },
  });
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
