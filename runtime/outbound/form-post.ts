import type { IncomingMessage } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { type JsonObject, strictJsonObject } from "../jose/json";
import { kindOf, OutboundFailure } from "./credential";

/** Bytes of an answer */
const ANSWER_BYTES = 65_536;
const HEADER_BYTES = 16_384;
const JSON_TYPE = /^application\/json\s*(;|$)/i;
/** RFC 6749 section 5.2, RFC 8693 section 2.2.2: anything else might repeat what was sent */
const ERRORS: readonly unknown[] = [
  "invalid_client",
  "invalid_grant",
  "invalid_request",
  "invalid_scope",
  "invalid_target",
  "unauthorized_client",
  "unsupported_grant_type",
];

export interface FormPost {
  /** https address of the configuration */
  readonly address: string;
  readonly form: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Sends a form and gives the JSON object that is answered */
export type PostForm = (what: FormPost) => Promise<JsonObject>;

/**
 * Forms over https. No redirect is followed, and an answer that is too large or of another type is none.
 *
 * @param ca PEM of the authorities to trust; without it, what Node trusts
 */
export function formPost(ca?: string): PostForm {
  // A request is never sent twice: what is in it is good for once.
  const agent = new Agent({ keepAlive: false, ...(ca === undefined ? {} : { ca }) });
  return async ({ address, form, headers, signal }) => {
    const { origin } = new URL(address);
    try {
      return await answered(await sent(agent, address, { form, headers, signal }), origin);
    } catch (error) {
      if (error instanceof OutboundFailure) throw error;
      throw new OutboundFailure(signal.aborted ? `${origin} answered too late` : `${origin} failed: ${kindOf(error)}`);
    }
  };
}

function sent(agent: Agent, address: string, what: Omit<FormPost, "address">): Promise<IncomingMessage> {
  const body = new URLSearchParams(what.form).toString();
  const headers = {
    ...what.headers,
    "content-type": "application/x-www-form-urlencoded",
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

async function answered(response: IncomingMessage, from: string): Promise<JsonObject> {
  const { statusCode: status, headers } = response;
  const body = await bodyOf(response, from);
  const json = JSON_TYPE.test(headers["content-type"] ?? "") ? strictJsonObject(body) : undefined;
  if (status !== 200) {
    const error = ERRORS.find((known) => known === json?.error);
    throw new OutboundFailure(`${from} answered with status ${status}${error === undefined ? "" : ` and ${error}`}`);
  }
  if (json === undefined) throw new OutboundFailure(`${from} must answer a JSON object of type application/json`);
  return json;
}

async function bodyOf(response: IncomingMessage, from: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES) {
      response.destroy();
      throw new OutboundFailure(`${from} must answer at most ${ANSWER_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  if (!response.complete) throw new OutboundFailure(`the answer of ${from} broke off`);
  return Buffer.concat(chunks);
}
