import { Agent, type IncomingMessage, request as httpRequest } from "node:http";
import { Problem } from "../problem";
import { begun, type Begun } from "../tools/attempt";

/** As the agent's headers to the gateway */
const MOST_HEADER_BYTES = 65_536;
const LOOPBACK = "127.0.0.1";

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
  /** Undefined where there is none */
  readonly body: IncomingMessage | undefined;
  readonly signal: AbortSignal;
}

/**
 * Hand a request to the agent's own code, once.
 *
 * @throws Problem `companion.no-agent`
 */
export async function toAgent({ port, target, body, ...options }: ToAgent): Promise<Begun> {
  const where = { host: LOOPBACK, port, path: target, agent: once, maxHeaderSize: MOST_HEADER_BYTES };
  try {
    return await begun(httpRequest({ ...where, ...options }), body);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = code === "ECONNREFUSED" ? "nothing was sent" : "the request may have arrived";
    throw Problem.of("companion.no-agent", `port ${port} of the agent gives no answer, ${what} (${message})`);
  }
}
