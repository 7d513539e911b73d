import { type ClientRequest, type IncomingMessage } from "node:http";
import { Agent, request as httpsRequest, type RequestOptions } from "node:https";
import type { ConnectionOptions } from "node:tls";
import { boundedAnswer } from "../bounded-answer";
import { otherIdentity } from "./peer";
import type { HeldSvid } from "./svid";

const MOST_CONNECTIONS = 16;
/** A connection that is not used is closed after so long, and with it an SVID that has rotated. */
const IDLE_MILLISECONDS = 30_000;
const MOST_ANSWER_BYTES = 262_144;

export interface MutualTlsOptions {
  /** Who is asked, as messages name it: `the exchange` */
  readonly peer: string;
  /** https address without a path */
  readonly url: string;
  /** SPIFFE ID that the server must show */
  readonly spiffeId: (own: HeldSvid) => string;
  /** Milliseconds for the whole of a request */
  readonly timeoutMs: number;
  /**
   * Connections at once.
   *
   * @default 16
   */
  readonly connections?: number;
}

type MutualTlsAs = Pick<
  ConnectionOptions,
  "ca" | "cert" | "checkServerIdentity" | "key" | "minVersion" | "rejectUnauthorized"
>;

export interface Sent {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Answered {
  readonly status: number;
  /** Seconds of `Retry-After`, where the answer has one */
  readonly retryAfter: number | undefined;
  readonly body: string;
}

/** Asks one server that is known by its SPIFFE ID, as whoever an SVID says. */
export class MutualTls {
  private readonly agent: Agent;
  private readonly hostname: string;
  private readonly port: string;

  constructor(private readonly options: MutualTlsOptions) {
    const { url, connections = MOST_CONNECTIONS } = options;
    const { hostname, port } = new URL(url);
    this.agent = new Agent({
      keepAlive: true,
      maxSockets: connections,
      timeout: IDLE_MILLISECONDS,
      // A resumed session would not be asked for its certificate again.
      maxCachedSessions: 0,
    });
    this.hostname = hostname.replace(/^\[|\]$/g, "");
    this.port = port === "" ? "443" : port;
  }

  /** @throws Error that says why there is no answer */
  public post(sent: Sent, svid: HeldSvid): Promise<Answered> {
    return this.send("POST", sent, svid);
  }

  /** @throws Error that says why there is no answer */
  public get(path: string, svid: HeldSvid): Promise<Answered> {
    return this.send("GET", { path, headers: {}, body: "" }, svid);
  }

  public close(): void {
    this.agent.destroy();
  }

  private async send(method: "GET" | "POST", sent: Sent, svid: HeldSvid): Promise<Answered> {
    const signal = AbortSignal.timeout(this.options.timeoutMs);
    const options = { ...this.connectionOf(svid), method, signal };
    try {
      return await once(options, sent);
    } catch (error) {
      if (signal.aborted) throw new Error(`no answer within ${this.options.timeoutMs} ms`, { cause: error });
      // The other side may close a kept connection while the request is on its way; a new one is not closed like that.
      if (error instanceof StaleConnection) return once(options, sent);
      throw error;
    }
  }

  /** Connections are kept by certificate, key and authorities: another SVID never uses the connection of the last. */
  private connectionOf(svid: HeldSvid): RequestOptions {
    const { agent, hostname, port } = this;
    return { agent, hostname, port, ...tlsAs(svid, this.options) };
  }
}

/** TLS 1.3 as whoever the SVID says, with a server that is known by its SPIFFE ID alone */
export function tlsAs(svid: HeldSvid, { peer, spiffeId }: Pick<MutualTlsOptions, "peer" | "spiffeId">): MutualTlsAs {
  const { cert, key, ca } = svid;
  return {
    cert,
    key,
    ca,
    minVersion: "TLSv1.3",
    rejectUnauthorized: true,
    checkServerIdentity: (_host, certificate) => otherIdentity(peer, spiffeId(svid), certificate),
  };
}

class StaleConnection extends Error {}

function once(options: RequestOptions, { path, headers, body }: Sent): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const all = { ...headers, "content-length": Buffer.byteLength(body), accept: "application/json" };
    const request: ClientRequest = httpsRequest({ ...options, path, headers: all }, (response) => {
      received(response).then(resolve, reject);
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      const stale = request.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
      reject(stale ? new StaleConnection(error.message) : error);
    });
    request.on("upgrade", (_, socket) => {
      socket.destroy();
      reject(new Error("the answer was an upgrade"));
    });
    request.end(body);
  });
}

async function received(response: IncomingMessage): Promise<Answered> {
  const body = await boundedAnswer(response, MOST_ANSWER_BYTES);
  const retry = response.headers["retry-after"];
  return {
    status: response.statusCode as number,
    retryAfter: retry !== undefined && /^\d{1,4}$/.test(retry) ? Number(retry) : undefined,
    body: body.toString("utf8"),
  };
}
