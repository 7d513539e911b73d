import type { IncomingMessage } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { type JsonObject, strictJsonObject } from "../jose/json";
import { kindOf, OutboundFailure } from "./credential";

const HEADER_BYTES = 16_384;
const JSON_TYPE = /^application\/json\s*(;|$)/i;

export interface HttpsPost {
  /** https address of the configuration */
  readonly address: string;
  /** Content type of the body */
  readonly type: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface HttpsPostProps {
  /** PEM of the authorities to trust; without it, what Node trusts */
  readonly ca?: string | undefined;
  /** Bytes of an answer */
  readonly answerBytes: number;
}

export interface PostAnswer {
  readonly status: number;
  /** Undefined if it is not of type application/json, or can be read in two ways */
  readonly json: JsonObject | undefined;
}

/**
 * Sends once over https. Redirects are not followed, and an answer that is too large is an error. Throws
 * OutboundFailure.
 */
export function httpsPost({ ca, answerBytes }: HttpsPostProps): (what: HttpsPost) => Promise<PostAnswer> {
  // A request is never sent twice: what is in it is good for once.
  const agent = new Agent({ keepAlive: false, ...(ca === undefined ? {} : { ca }) });
  return async (what) => {
    const { origin } = new URL(what.address);
    try {
      const response = await sent(agent, what);
      const body = await bodyOf(response, origin, answerBytes);
      const isJson = JSON_TYPE.test(response.headers["content-type"] ?? "");
      return { status: response.statusCode ?? 0, json: isJson ? strictJsonObject(body) : undefined };
    } catch (error) {
      if (error instanceof OutboundFailure) throw error;
      const late = `${origin} answered too late`;
      throw new OutboundFailure(what.signal.aborted ? late : `${origin} failed: ${kindOf(error)}`);
    }
  };
}

function sent(agent: Agent, { address, type, body, ...what }: HttpsPost): Promise<IncomingMessage> {
  const headers = {
    ...what.headers,
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    accept: "application/json",
    "accept-encoding": "identity",
  };
  return new Promise((resolve, reject) => {
    const options = { agent, method: "POST", headers, signal: what.signal, maxHeaderSize: HEADER_BYTES };
    const request = httpsRequest(address, options, resolve);
    request.on("error", reject);
    // Neither an answer nor an error, as far as Node is concerned.
    request.on("upgrade", (_, socket) => {
      socket.destroy();
      reject(new OutboundFailure(`${new URL(address).origin} answered with an upgrade, and 200 is expected`));
    });
    request.end(body);
  });
}

async function bodyOf(response: IncomingMessage, from: string, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > most) {
      response.destroy();
      throw new OutboundFailure(`${from} must answer at most ${most} bytes`);
    }
    chunks.push(chunk);
  }
  if (!response.complete) throw new OutboundFailure(`the answer of ${from} broke off`);
  return Buffer.concat(chunks);
}
