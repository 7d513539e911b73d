import { constants } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { getRequestListener, type HttpBindings, RequestError } from "@hono/node-server";
import type { Log } from "../../log";
import { Refusal } from "../../refusal/refusal";
import { answeredInTime } from "./answered-in-time";
import { helloBytes } from "./client-hello";
import { connectionOf, presentsTooMuch } from "./connection";
import { CONNECTION_LIMITS } from "./connection-limits";
import { Connections } from "./connections";
import { keyExchangeGroups } from "./key-exchange";
import type { Served } from "./parts";
import { RefusedConnections } from "./refused-connections";
import { refusedRequest } from "./refused-request";

export const SERVER_LIMITS = {
  headerBytes: 16 * 1_024,
  /** For a handshake, for a request to arrive, and for it to be answered */
  milliseconds: 10_000,
  idleMilliseconds: 60_000,
  /** After which a connection is not used for another request: a certificate that was replaced goes with it */
  connectionMilliseconds: 300_000,
  /** At once, over one connection: who sends more than one does not wait for answers */
  requestsUnderWay: 16,
  ...CONNECTION_LIMITS,
};

/** Certificate with its intermediates, and private key, in PEM */
export interface ServerIdentity {
  readonly certificate: string;
  readonly key: string;
}

/** A session that is taken up again brings no chain, and a handshake that is made again another certificate. */
const TLS = {
  minVersion: "TLSv1.2",
  ecdhCurve: keyExchangeGroups(),
  ciphers: [
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
  ].join(":"),
  secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
} as const;

/** A request without a valid host or path is not for the exchange. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof RequestError)) return error;
  return Refusal.of("request.malformed", "the request has no Host and path that can be read", { cause: error });
}

/** Serves the app over TLS. Who a client is, the app finds out: every certificate is let through the handshake. */
export class NodeServer {
  private readonly server: Server;
  private readonly refused: RefusedConnections;
  private readonly connections: Connections;
  private readonly since = new WeakMap<Socket, number>();
  private readonly underWay = new WeakMap<Socket, number>();
  /** Node's own listeners, which make a connection one of TLS */
  private handshake: readonly ((socket: Socket) => void)[] = [];
  private leaving = false;

  constructor(
    private readonly app: Served,
    identity: ServerIdentity,
    private readonly log: Log,
    private readonly limits: typeof SERVER_LIMITS = SERVER_LIMITS,
    /** Browsers ask a person which certificate to show, where a server asks for one. */
    asksForCertificates = true,
  ) {
    this.server = createServer({
      ...TLS,
      cert: identity.certificate,
      key: identity.key,
      requestCert: asksForCertificates,
      rejectUnauthorized: false,
      handshakeTimeout: limits.milliseconds,
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.milliseconds,
      requestTimeout: limits.milliseconds,
      connectionsCheckingInterval: Math.min(1_000, limits.milliseconds),
      keepAliveTimeout: limits.idleMilliseconds,
    });
    const listener = getRequestListener((request, env) => this.answer(request, env as HttpBindings), {
      // With the adapter's own Response no body becomes a stream. What Node makes stays an instance of it.
      overrideGlobalObjects: true,
      errorHandler: (error) => refusedRequest(asRefusal(error), {}, this.log),
    });
    this.refused = new RefusedConnections(log);
    this.connections = new Connections(limits, (why, address) => this.refused.add(why, address));
    this.admit();
    this.server.on("request", (incoming: IncomingMessage, outgoing: ServerResponse) => {
      this.connections.heard(incoming.socket);
      if (this.isAdmitted(incoming.socket, outgoing)) void listener(incoming, outgoing);
      else incoming.socket.destroy();
    });
    this.server.on("secureConnection", (socket: TLSSocket) => {
      this.since.set(socket, performance.now());
      if (!this.connections.secured(socket)) socket.destroy();
      else if (presentsTooMuch(socket)) this.connections.tooCostly(socket);
    });
  }

  /** Before TLS sees a connection: what is refused must cost no handshake. */
  private admit(): void {
    this.handshake = this.server.listeners("connection") as ((socket: Socket) => void)[];
    this.server.removeAllListeners("connection");
    this.server.on("connection", (socket: Socket) => {
      // Until the handshake is done, there is no other error listener.
      socket.on("error", () => undefined);
      if (!this.connections.take(socket)) return;
      // TLS has a timeout of its own, from when it sees the connection.
      socket.setTimeout(this.limits.milliseconds, () => socket.destroy());
      socket.once("readable", () => {
        if (socket.readableLength === 0) socket.destroy();
        else this.connections.greeted(socket, helloBytes(socket), () => this.begin(socket));
      });
    });
  }

  private begin(socket: Socket): void {
    socket.setTimeout(0);
    for (const begin of this.handshake) begin.call(this.server, socket);
  }

  /** @returns the port */
  public listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(port, host, () => {
        this.server.off("error", reject);
        resolve((this.server.address() as AddressInfo).port);
      });
    });
  }

  /** From the next handshake on. */
  public renew({ certificate, key }: ServerIdentity): void {
    this.server.setSecureContext({ ...TLS, cert: certificate, key });
  }

  /** Close each connection after its next answer, so that clients reconnect to a server that still accepts. */
  public leave(): void {
    this.leaving = true;
  }

  /** Stop accepting requests, finish those in progress, and close after 10 s in any case. */
  public close(): Promise<void> {
    this.leave();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.connections.destroyAll();
      }, this.limits.milliseconds);
      this.server.close(() => {
        clearTimeout(timer);
        this.refused.close();
        resolve();
      });
    });
  }

  private async answer(request: Request, { incoming, outgoing }: HttpBindings): Promise<Response> {
    const socket = incoming.socket as TLSSocket;
    const response = await answeredInTime(
      Promise.resolve(
        this.app.fetch(request, { connection: connectionOf(socket), proven: () => this.connections.proven(socket) }),
      ),
      this.limits.milliseconds,
      this.log,
    );
    // Each POST is of an authenticated client, or is refused. Browsers of people are told apart by their session.
    if (request.method === "POST" && response.ok) this.connections.proven(socket);
    if (this.leaving || this.isOld(socket)) outgoing.shouldKeepAlive = false;
    return response;
  }

  private isAdmitted(socket: Socket, outgoing: ServerResponse): boolean {
    const underWay = (change: number): number => (this.underWay.get(socket) ?? 0) + change;
    if (underWay(1) > this.limits.requestsUnderWay) return false;
    this.underWay.set(socket, underWay(1));
    outgoing.once("close", () => {
      this.underWay.set(socket, underWay(-1));
      if (this.underWay.get(socket) === 0) this.connections.rested(socket);
    });
    return true;
  }

  private isOld(socket: TLSSocket): boolean {
    return performance.now() - (this.since.get(socket) ?? 0) > this.limits.connectionMilliseconds;
  }
}
