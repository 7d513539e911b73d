import { request } from "node:https";
import { boundedAnswer } from "../bounded-answer";
import { identified } from "./peer";

export interface Sent {
  readonly method: "GET" | "PATCH" | "POST";
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** PEM; undefined for what Node trusts */
  readonly ca: string | undefined;
  /** That the server must show, in place of its host name; left out for the host name */
  readonly spiffeId?: string | undefined;
  /**
   * What the server is called where it shows another identity.
   *
   * @default "the server"
   */
  readonly peer?: string;
  /**
   * For all of the answer.
   *
   * @default 5,000
   */
  readonly milliseconds?: number;
  /**
   * Of TLS.
   *
   * @default "TLSv1.2"
   */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
}

export interface Answered {
  readonly status: number;
  readonly text: string;
}

const ANSWER_MILLISECONDS = 5_000;
const MOST_BYTES = 1_048_576;

/**
 * Send a request, on a connection of its own.
 *
 * @throws Error if no whole answer came in time
 */
export function send({
  method,
  address,
  headers,
  body,
  ca,
  spiffeId,
  peer = "the server",
  milliseconds = ANSWER_MILLISECONDS,
  minVersion = "TLSv1.2",
}: Sent): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const outgoing = request(address, {
      method,
      headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
      agent: false,
      signal: AbortSignal.timeout(milliseconds),
      minVersion,
      ...(ca !== undefined && { ca }),
      ...identified(peer, spiffeId),
    });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      const { statusCode: status = 0 } = response;
      boundedAnswer(response, MOST_BYTES).then((bytes) => resolve({ status, text: bytes.toString("utf8") }), reject);
    });
    outgoing.end(body);
  });
}
