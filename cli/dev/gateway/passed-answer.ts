import type { IncomingMessage, ServerResponse } from "node:http";
import type { request as httpsRequest } from "node:https";
import { pipeline } from "node:stream/promises";
import type { Cut } from "./authorizer-client";
import { answeredHeaders, type Refused, refuse } from "./forwarder-http";

export interface PassedAnswer {
  readonly sending: ReturnType<typeof httpsRequest>;
  readonly outgoing: ServerResponse;
  /** Sends the body, and ends the request */
  readonly begin: () => void;
  /** Names of headers that the answer loses */
  readonly removed: readonly string[];
  /** Codes for the client if there was no connection, and if there was no answer */
  readonly codes: { readonly unreached: Refused; readonly unanswered: Refused };
  /** Told how the call ended, as Envoy's access log says it */
  readonly end: (status: number, cut?: Cut) => void;
}

/** Wait for the head of an answer, and pass it on part by part. */
export async function passAnswer({ sending, outgoing, begin, removed, codes, end }: PassedAnswer): Promise<void> {
  let isConnected = false;
  sending.once("socket", (socket) => socket.once("secureConnect", () => (isConnected = true)));
  outgoing.once("close", () => sending.destroy());
  let response: IncomingMessage;
  try {
    response = await new Promise((resolve, reject) => {
      sending.once("response", resolve);
      sending.once("timeout", () => sending.destroy(new Error("no answer")));
      sending.on("error", reject);
      begin();
    });
  } catch {
    end(503, isConnected ? "upstream_connection_termination" : "upstream_connection_failure");
    return refuse(outgoing, 503, isConnected ? codes.unanswered : codes.unreached);
  }
  const status = response.statusCode ?? 0;
  outgoing.writeHead(status, answeredHeaders(response, removed));
  // Send the headers at once, even if the body comes later.
  outgoing.flushHeaders();
  try {
    await pipeline(response, outgoing);
    end(status);
  } catch (error) {
    end(status, response.complete ? "downstream_connection_termination" : "upstream_connection_termination");
    throw error;
  }
}
