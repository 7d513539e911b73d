import { Agent, type ClientRequest, request as httpRequest } from "node:http";
import type { Readable } from "node:stream";
import { Problem } from "../problem";
import { begun, type Begun } from "../tools/attempt";

/** As the agent's headers to the gateway */
const MOST_HEADER_BYTES = 65_536;
const LOOPBACK = "127.0.0.1";
/** Text of a refusal if the agent has certainly seen nothing, so that it is safe to start again */
export const NOTHING_SENT = "nothing was sent";
/** What is below is no answer, and the connection stays HTTP/1.1. */
const LEAST_STATUS = 200;

/** A connection for each request, as one that was kept may be dead. An agent that answers early does not close it by itself. */
class Once extends Agent {
  constructor() {
    super({ keepAlive: true });
  }

  public override keepSocketAlive(): boolean {
    return false;
  }
}

const once = new Once();

export interface ToAgent {
  readonly port: number;
  readonly method: string;
  /** As it was received */
  readonly target: string;
  readonly headers: string[];
  /** Undefined if there is none */
  readonly body: Readable | undefined;
  /** Sends it; undefined if it goes as it comes */
  readonly send: ((request: ClientRequest) => void) | undefined;
  readonly signal: AbortSignal;
  /** Throws if no answer may go out. */
  readonly mayGoOut: () => Promise<void>;
}

/**
 * Send a request to the agent's own code, once. How the agent fails is under its control, so the caller gets one error
 * only, and only if an answer may go out; the cause goes to the log.
 *
 * @throws Problem `companion.no-agent`, or why no answer may go out
 */
export async function toAgent({ port, target, body, send, mayGoOut, ...options }: ToAgent): Promise<Begun> {
  const where = { host: LOOPBACK, port, path: target, agent: once, maxHeaderSize: MOST_HEADER_BYTES };
  try {
    const answered = await begun(httpRequest({ ...where, ...options }), body, send);
    if ((answered.response.statusCode ?? 0) >= LEAST_STATUS) return answered;
    answered.request.destroy();
    throw new Error(`it answered ${answered.response.statusCode}`);
  } catch (error) {
    const isSent = (error as NodeJS.ErrnoException).code !== "ECONNREFUSED";
    if (isSent && !options.signal.aborted) await mayGoOut();
    const what = isSent ? "the request may have arrived" : NOTHING_SENT;
    throw Problem.of("companion.no-agent", `port ${port} of the agent gives no answer, ${what}`, error);
  }
}
