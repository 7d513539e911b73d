import { createHash } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { TLSSocket } from "node:tls";
import { freePort } from "../../../cli/dev/free-port";
import type { Certified } from "../certificate";
import { type Authority, TRUST_DOMAIN } from "./trust";

export const GATEWAY = `spiffe://${TRUST_DOMAIN}/ns/ambit-system/sa/ambit-gateway`;

/** A request as it arrived */
export interface Arrived {
  readonly method: string;
  /** Request target, as it was sent */
  readonly target: string;
  readonly raw: readonly string[];
  /** SHA-256 of the client's certificate, in base64url */
  readonly thumbprint: string;
  /** Which connection it came on: the first is 1 */
  readonly connection: number;
}

type Does = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** The gateway's side of mutual TLS, without any rule of it: a test says what it does with a request. */
export class FakeGateway {
  public readonly arrived: Arrived[] = [];
  public does: Does = (incoming, outgoing) => {
    incoming.resume();
    outgoing.end("done");
  };
  /** Connections so far, and those of them that are open */
  public connections = 0;
  public open = 0;
  private server: Server | undefined;
  private readonly numbers = new WeakMap<object, number>();
  private port?: number;

  constructor(private readonly authority: Authority) {}

  public get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  public async start(presented: Certified = this.authority.svid(GATEWAY)): Promise<void> {
    this.port ??= await freePort();
    const trust = { ca: this.authority.own.cert, requestCert: true, rejectUnauthorized: true };
    const options = { ...presented, ...trust, keepAliveTimeout: 600_000, maxHeaderSize: 65_536 };
    const server = createServer(options, (incoming, outgoing) => this.take(incoming, outgoing));
    server.on("secureConnection", (socket) => {
      this.numbers.set(socket, ++this.connections);
      this.open += 1;
      socket.on("close", () => (this.open -= 1));
    });
    server.listen(this.port, "127.0.0.1");
    await once(server, "listening");
    this.server = server;
  }

  public async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }

  private take(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const hex = (incoming.socket as TLSSocket).getPeerCertificate().fingerprint256.replaceAll(":", "");
    this.arrived.push({
      method: incoming.method as string,
      target: incoming.url as string,
      raw: incoming.rawHeaders,
      thumbprint: Buffer.from(hex, "hex").toString("base64url"),
      connection: this.numbers.get(incoming.socket) as number,
    });
    // Either side may go away in the middle: that is what is tested.
    incoming.on("error", () => undefined);
    outgoing.on("error", () => undefined);
    this.does(incoming, outgoing);
  }
}

/** Answers with what came: its hash and how much of it. */
export const hashes: Does = (incoming, outgoing) => {
  const hash = createHash("sha256");
  let bytes = 0;
  incoming.on("data", (part: Buffer) => {
    hash.update(part);
    bytes += part.length;
  });
  incoming.on("end", () => outgoing.end(JSON.stringify({ hash: hash.digest("hex"), bytes })));
};

/** The gateway's refusal of a token */
export const invalidToken: Does = (incoming, outgoing) => {
  incoming.resume();
  const body = JSON.stringify({ error: "invalid_token" });
  const own = { "x-ambit-decision": "d-1" };
  outgoing.writeHead(401, { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...own });
  outgoing.end(body);
};

export function headerOf({ raw }: Pick<Arrived, "raw">, wanted: string): readonly string[] {
  return raw.flatMap((name, index) =>
    index % 2 === 0 && name.toLowerCase() === wanted ? [raw[index + 1] as string] : [],
  );
}
