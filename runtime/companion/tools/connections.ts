import type { ClientRequest } from "node:http";
import { Agent, type RequestOptions } from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect, type TLSSocket } from "node:tls";
import { CONTROL_PATHS } from "../../workload-api/control-plane";
import { tlsAs } from "../../workload-api/mutual-tls";
import type { HeldSvid } from "../../workload-api/svid";

/** The gateway's service account in the platform's control namespace */

export interface ConnectionLimits {
  /** Connections that wait for their next request */
  readonly kept: number;
  readonly connectMilliseconds: number;
  readonly idleMilliseconds: number;
  /** The gateway closes connections after 300 s, even busy ones. */
  readonly ageMilliseconds: number;
}

export interface GatewayAddress {
  /** https address without a path */
  readonly url: string;
  /** SPIFFE ID that the gateway must show; undefined for the one in the own trust domain */
  readonly spiffeId: string | undefined;
}

/** There is no connection, so nothing was sent. */
export class NotReached extends Error {}

/** Connections to the gateway: another SVID, and other authorities, never use those of the last. */
export class GatewayConnections {
  /** `<host>:<port>` */
  public readonly host: string;
  private readonly hostname: string;
  private readonly port: number;
  private last: { readonly of: string; readonly agent: GatewayAgent } | undefined;

  constructor(
    private readonly gateway: GatewayAddress,
    private readonly limits: ConnectionLimits,
  ) {
    const { host, hostname, port } = new URL(gateway.url);
    this.host = host;
    this.hostname = hostname.replace(/^\[|\]$/g, "");
    this.port = port === "" ? 443 : Number(port);
  }

  /** Options of a request on a connection that was kept, or on a new one */
  public as(svid: HeldSvid): RequestOptions {
    const of = `${svid.thumbprint} ${svid.ca}`;
    if (this.last?.of !== of) {
      this.last?.agent.retire();
      this.last = { of, agent: this.agent(svid, true) };
    }
    return this.through(this.last.agent);
  }

  /** Options of a request that must have a new connection */
  public anew(svid: HeldSvid): RequestOptions {
    return this.through(this.agent(svid, false));
  }

  public close(): void {
    this.last?.agent.destroy();
    this.last = undefined;
  }

  private through(agent: Agent): RequestOptions {
    return { agent, hostname: this.hostname, port: this.port };
  }

  private agent(svid: HeldSvid, keepAlive: boolean): GatewayAgent {
    const { hostname, port, limits } = this;
    const spiffeId = ({ trustDomain }: HeldSvid) =>
      this.gateway.spiffeId ?? `spiffe://${trustDomain}${CONTROL_PATHS.gateway}`;
    const open = () =>
      connect({
        host: hostname,
        port,
        ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
        ALPNProtocols: ["http/1.1"],
        ...tlsAs(svid, { peer: "the gateway", spiffeId }),
      });
    return new GatewayAgent(open, limits, keepAlive);
  }
}

class GatewayAgent extends Agent {
  private readonly openedAt = new WeakMap<Duplex, number>();
  private retired = false;

  constructor(
    private readonly open: () => TLSSocket,
    private readonly limits: ConnectionLimits,
    keepAlive: boolean,
  ) {
    super({ keepAlive, maxFreeSockets: limits.kept });
  }

  /** A request gets only a connection whose peer is verified; nothing is sent before. */
  public override createConnection(_: RequestOptions, done: (error: Error | null, socket: Duplex) => void): undefined {
    const socket = this.open();
    const { connectMilliseconds: limit } = this.limits;
    const late = setTimeout(() => socket.destroy(new Error(`no connection within ${limit} ms`)), limit);
    const failed = (error: Error): void => done(new NotReached(error.message, { cause: error }), socket);
    socket.once("error", failed);
    socket.once("close", () => clearTimeout(late));
    socket.once("secureConnect", () => {
      clearTimeout(late);
      socket.off("error", failed);
      socket.setNoDelay(true);
      this.openedAt.set(socket, performance.now());
      done(null, socket);
    });
  }

  /** What rests is ended by Node when its time is over. */
  public override keepSocketAlive(socket: Duplex): boolean {
    const left = this.limits.ageMilliseconds - (performance.now() - (this.openedAt.get(socket) ?? -Infinity));
    if (this.retired || left <= 0) return false;
    super.keepSocketAlive(socket);
    (socket as TLSSocket).setTimeout(Math.min(this.limits.idleMilliseconds, Math.ceil(left)));
    return true;
  }

  public override reuseSocket(socket: Duplex, request: ClientRequest): void {
    (socket as TLSSocket).setTimeout(0);
    super.reuseSocket(socket, request);
  }

  /** Requests in progress finish, and no new ones begin. */
  public retire(): void {
    this.retired = true;
    for (const sockets of Object.values(this.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }
}
