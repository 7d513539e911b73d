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
  /**
   * Bytes of an answer
   *
   * @default 262,144
   */
  readonly mostAnswerBytes?: number;
}

type MutualTlsAs = Pick<
  ConnectionOptions,
  "ca" | "cert" | "checkServerIdentity" | "key" | "minVersion" | "rejectUnauthorized"
>;

export interface Sent {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /**
   * Milliseconds for the whole of this request: its connection is closed then.
   *
   * @default - those of all requests
   */
  readonly timeoutMs?: number | undefined;
}

export interface Answered {
  readonly status: number;
  /** Seconds of `Retry-After`, where the answer has one */
  readonly retryAfter: number | undefined;
  readonly body: string;
  /** `Content-Type`, where the answer has one */
  readonly type?: string | undefined;
}

/** Client of one server that is authenticated by its SPIFFE ID, with the client's own SVID. */
export class MutualTls {
  private readonly hostname: string;
  private readonly port: string;
  private present: SvidConnections | undefined;
  /** Of SVIDs before it, as long as something is under way over them */
  private former: readonly SvidConnections[] = [];

  constructor(private readonly options: MutualTlsOptions) {
    const { hostname, port } = new URL(options.url);
    this.hostname = hostname.replace(/^\[|\]$/g, "");
    this.port = port === "" ? "443" : port;
  }

  /** @throws Error that says why there is no answer */
  public post(sent: Sent, svid: HeldSvid): Promise<Answered> {
    return this.send("POST", sent, svid);
  }

  /** @throws Error that says why there is no answer */
  public get(path: string, svid: HeldSvid, headers: Sent["headers"] = {}): Promise<Answered> {
    return this.send("GET", { path, headers, body: "" }, svid);
  }

  public close(): void {
    for (const connections of [this.present, ...this.former]) connections?.destroy();
  }

  private async send(method: "GET" | "POST", sent: Sent, svid: HeldSvid): Promise<Answered> {
    const { hostname, port } = this;
    const { timeoutMs = this.options.timeoutMs } = sent;
    const until = performance.now() + timeoutMs;
    const options = { agent: this.connectionsOf(svid), hostname, port, method };
    const { mostAnswerBytes = MOST_ANSWER_BYTES } = this.options;
    const late = (): Error => new Error(`no answer within ${timeoutMs} ms`);
    const within = { until, late, mostAnswerBytes };
    try {
      return await once(options, sent, within);
    } catch (error) {
      // The other side may close a kept connection while the request is on its way; a new one is not closed like that.
      if (error instanceof StaleConnection) return once(options, sent, within);
      throw error;
    }
  }

  /** Another SVID never uses the connection of the last. */
  private connectionsOf(svid: HeldSvid): SvidConnections {
    if (this.present?.isOf(svid) === true) return this.present;
    const before = this.present;
    before?.retire();
    this.former = [...this.former, ...(before === undefined ? [] : [before])].filter(({ isUsed }) => isUsed);
    return (this.present = new SvidConnections(svid, this.options));
  }
}

/** Connections to one server as one SVID. Node would tell them apart by certificate, key and authorities, at each request. */
class SvidConnections extends Agent {
  constructor(
    private readonly svid: HeldSvid,
    options: MutualTlsOptions,
  ) {
    super({
      keepAlive: true,
      maxSockets: options.connections ?? MOST_CONNECTIONS,
      timeout: IDLE_MILLISECONDS,
      // A resumed session would not be asked for its certificate again.
      maxCachedSessions: 0,
      ...tlsAs(svid, options),
    });
  }

  public override getName(): string {
    return "";
  }

  public isOf({ cert, key, ca }: HeldSvid): boolean {
    return cert === this.svid.cert && key === this.svid.key && ca === this.svid.ca;
  }

  public get isUsed(): boolean {
    return Object.keys(this.sockets).length > 0;
  }

  /** Keep no connection after its answer. */
  public retire(): void {
    this.maxFreeSockets = 0;
    for (const socket of Object.values(this.freeSockets).flat()) socket?.destroy();
  }
}

/** TLS 1.3 with the client's own SVID, to a server that is authenticated by SPIFFE ID only */
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

interface Bounds {
  /** Of `performance.now` */
  readonly until: number;
  readonly late: () => Error;
  readonly mostAnswerBytes: number;
}

function once(
  options: RequestOptions,
  { path, headers, body }: Sent,
  { until, late, mostAnswerBytes }: Bounds,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const all = { ...headers, "content-length": Buffer.byteLength(body), accept: "application/json" };
    const request: ClientRequest = httpsRequest({ ...options, path, headers: all });
    const failed = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    const timer = setTimeout(() => {
      failed(late());
      request.destroy();
    }, until - performance.now());
    request.on("response", (response) => {
      received(response, mostAnswerBytes).then((answered) => {
        clearTimeout(timer);
        resolve(answered);
      }, failed);
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      const stale = request.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
      failed(stale ? new StaleConnection(error.message) : error);
    });
    request.on("upgrade", (_, socket) => {
      socket.destroy();
      failed(new Error("the answer was an upgrade"));
    });
    request.end(body);
  });
}

async function received(response: IncomingMessage, mostBytes: number): Promise<Answered> {
  const body = await boundedAnswer(response, mostBytes);
  const retry = response.headers["retry-after"];
  return {
    status: response.statusCode as number,
    retryAfter: retry !== undefined && /^\d{1,4}$/.test(retry) ? Number(retry) : undefined,
    body: body.toString("utf8"),
    type: response.headers["content-type"],
  };
}
