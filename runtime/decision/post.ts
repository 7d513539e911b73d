import type { ClientRequest, IncomingMessage } from "node:http";
import { request as httpRequest } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { boundedAnswer } from "../bounded-answer";

export interface Post {
  /** Name of the server in messages */
  readonly to: string;
  readonly secure: boolean;
  /** Address, connections and certificates */
  readonly options: RequestOptions;
  readonly json: string;
  /** Ends the request at any stage */
  readonly signal: AbortSignal;
  readonly mostAnswerBytes: number;
}

/** Send JSON and read the answer, if its status is 200 and it is not too large. No redirect is followed. */
export async function post(what: Post): Promise<Buffer> {
  try {
    return await once(what);
  } catch (error) {
    // The other side may close a kept connection while the request is on its way; a new one is not closed like that.
    if (error instanceof StaleConnection && !what.signal.aborted) return once(what);
    throw error;
  }
}

class StaleConnection extends Error {}

function once({ to, secure, options, json, signal, mostAnswerBytes }: Post): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(json),
      accept: "application/json",
      "accept-encoding": "identity",
    };
    const all = { ...options, method: "POST", headers, signal };
    let answered = false;
    const request: ClientRequest = (secure ? httpsRequest : httpRequest)(all, (response) => {
      answered = true;
      received(response, to, mostAnswerBytes).then(resolve, reject);
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      const stale = request.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
      reject(stale ? new StaleConnection(error.message) : error);
    });
    // Neither an answer nor an error, as far as Node is concerned.
    request.on("upgrade", (_, socket) => {
      socket.destroy();
      reject(new Error(`${to} answered with an upgrade, and 200 is expected`));
    });
    request.on("close", () => {
      if (!answered) reject(new Error(`${to} closed the connection`));
    });
    request.end(json);
  });
}

async function received(response: IncomingMessage, from: string, mostBytes: number): Promise<Buffer> {
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`${from} answered with status ${response.statusCode}, and 200 is expected`);
  }
  return boundedAnswer(response, mostBytes);
}
