import type { ClientRequest, IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import type { Readable } from "node:stream";
import { NotReached } from "./connections";

/** Handshake alerts of TLS 1.3 reach a client after its own side is done: then the server read no request. */
const REFUSED_CERTIFICATE = /^ERR_SSL_\w*ALERT_(ACCESS_DENIED|BAD_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA)$/;

/** The gateway may have the request, and no answer came. */
export class Lost extends Error {
  constructor(
    message: string,
    /** It was sent on a connection that had been kept, which was dead as far as can be told. */
    public readonly onKept: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface Begun {
  readonly request: ClientRequest;
  readonly response: IncomingMessage;
}

/**
 * Send a request once.
 *
 * @param body undefined if there is none
 * @throws NotReached if nothing was sent
 * @throws Lost
 */
export async function attempt(options: RequestOptions, body: Readable | undefined): Promise<Begun> {
  const request = httpsRequest(options);
  try {
    return await begun(request, body);
  } catch (error) {
    throw whatItMeans(error as NodeJS.ErrnoException, request.reusedSocket);
  }
}

/**
 * Send the body after the headers, and wait for the headers of the answer.
 *
 * @param body undefined if there is none
 * @param send sends the body; streams it by default
 * @throws Error also if the answer is an upgrade
 */
export function begun(
  request: ClientRequest,
  body: Readable | undefined,
  send: (request: ClientRequest) => void = (to) => void body?.pipe(to),
): Promise<Begun> {
  return new Promise((resolve, reject) => {
    request.maxHeadersCount = 0;
    request.on("response", (response) => resolve({ request, response }));
    request.on("error", (error) => {
      body?.unpipe(request);
      reject(error);
    });
    request.on("upgrade", (_, socket) => {
      socket.destroy();
      reject(new Error("the answer was an upgrade"));
    });
    if (body === undefined) request.end();
    else send(request);
  });
}

function whatItMeans(error: NodeJS.ErrnoException, reused: boolean): Error {
  if (error instanceof NotReached) return error;
  const { code = "", message } = error;
  if (!reused && REFUSED_CERTIFICATE.test(code)) return new NotReached(message, { cause: error });
  return new Lost(message, reused && (code === "ECONNRESET" || code === "EPIPE"), { cause: error });
}
