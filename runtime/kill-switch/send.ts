import { request } from "node:https";
import { boundedAnswer } from "../bounded-answer";
import { identified } from "../workload-api/peer";

export interface Sent {
  readonly method: "GET" | "PATCH" | "POST";
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** PEM; undefined for what Node trusts */
  readonly ca: string | undefined;
  /** That the server must show, in place of its host name; left out for the host name */
  readonly spiffeId?: string | undefined;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Of one try: two more follow it */
const ANSWER_MILLISECONDS = 5_000;
const MOST_BYTES = 1_048_576;

/**
 * Send a request, on a connection of its own.
 *
 * @throws Error where no whole answer came in time
 */
export function send({ method, address, headers, body, ca, spiffeId }: Sent): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const outgoing = request(address, {
      method,
      headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
      agent: false,
      signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
      minVersion: "TLSv1.2",
      ...(ca !== undefined && { ca }),
      ...identified("the server", spiffeId),
    });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      const { statusCode: status = 0 } = response;
      boundedAnswer(response, MOST_BYTES).then((bytes) => resolve({ status, text: bytes.toString("utf8") }), reject);
    });
    outgoing.end(body);
  });
}
