import { constants } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Log } from "../../log";
import type { HeldSvid, SvidSource } from "../../workload-api/svid";
import { drained, type ListenAddress, listening } from "../listening";
import type { Problem } from "../problem";
import { refuse } from "../refused";
import type { ToldProblems } from "../told-problems";
import type { GatewayPeer } from "./gateway-peer";

const LIMITS = {
  /** Evidence is up to 16 KiB of them. */
  headerBytes: 65_536,
  /** More than requests under way: what is too much is answered */
  connections: 512,
  milliseconds: 10_000,
  requestMilliseconds: 300_000,
  idleMilliseconds: 60_000,
} as const;

/** A session that is taken up again brings no chain. */
const TLS = {
  minVersion: "TLSv1.3",
  ecdhCurve: "X25519:P-256",
  ALPNProtocols: ["http/1.1"],
  secureOptions: constants.SSL_OP_NO_TICKET,
} as const;

export interface InboundServerProps {
  readonly source: SvidSource;
  readonly gateway: GatewayPeer;
  readonly serve: (incoming: IncomingMessage, outgoing: ServerResponse) => void;
  /** After which a connection is not used for another request */
  readonly connectionMilliseconds: number;
  /** Told of who is turned away */
  readonly problems: Pick<ToldProblems, "tell">;
  readonly log: Log;
}

/** Listens for the gateway, with the current SVID. */
export class InboundServer {
  private readonly server: Server;
  private readonly since = new WeakMap<Socket, number>();
  private readonly stopFollowing: () => void;
  private leaving = false;

  constructor(private readonly props: InboundServerProps) {
    this.server = createServer(
      {
        ...TLS,
        requestCert: true,
        rejectUnauthorized: true,
        handshakeTimeout: LIMITS.milliseconds,
        maxHeaderSize: LIMITS.headerBytes,
        headersTimeout: LIMITS.milliseconds,
        requestTimeout: LIMITS.requestMilliseconds,
        keepAliveTimeout: LIMITS.idleMilliseconds,
      },
      (incoming, outgoing) => this.serve(incoming, outgoing),
    );
    // Node would silently drop headers above a limit, and they would escape stripping.
    this.server.maxHeadersCount = 0;
    this.server.maxConnections = LIMITS.connections;
    this.server.on("checkContinue", (incoming, outgoing) => this.serve(incoming, outgoing));
    this.server.on("secureConnection", (socket: TLSSocket) => this.since.set(socket, performance.now()));
    this.server.prependListener("connection", (socket: Socket) => {
      if (this.props.source.current() === undefined) socket.destroy();
    });
    this.follow(props.source.current());
    this.stopFollowing = props.source.onChange((svid) => this.follow(svid));
  }

  /** Whether the gateway finds it */
  public get isListening(): boolean {
    return this.server.listening;
  }

  /** @returns the port */
  public listen(address: ListenAddress): Promise<number> {
    return listening(this.server, address);
  }

  /** Stop accepting requests, finish those in progress, and close after 5 s in any case. */
  public close(): Promise<void> {
    this.leaving = true;
    this.stopFollowing();
    return drained(this.server);
  }

  /** From the next handshake on */
  private follow(svid: HeldSvid | undefined): void {
    if (svid !== undefined) this.server.setSecureContext({ ...TLS, cert: svid.cert, key: svid.key, ca: svid.ca });
  }

  private serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const socket = incoming.socket as TLSSocket;
    const age = performance.now() - (this.since.get(socket) ?? -Infinity);
    if (this.leaving || age > this.props.connectionMilliseconds) outgoing.shouldKeepAlive = false;
    try {
      this.props.gateway.check(socket);
    } catch (error) {
      return this.turnAway(error as Problem, incoming, outgoing);
    }
    this.props.serve(incoming, outgoing);
  }

  /** Reads no more from this client. */
  private turnAway(problem: Problem, incoming: IncomingMessage, outgoing: ServerResponse): void {
    const because = String(problem.body.error_description);
    this.props.log("request.refused", { status: problem.status, codes: problem.codes, because });
    this.props.problems.tell(problem, "gateway");
    refuse(problem, outgoing, { connection: "close" });
    incoming.resume();
  }
}
