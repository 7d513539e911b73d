import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** Answer to the kubelet: only a status of 2xx or 3xx counts as success. */
export interface PodAnswer {
  readonly status: 200 | 503;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Answers by path. None of them rejects. */
export type PodAnswers = Readonly<Record<string, () => Promise<PodAnswer>>>;

/** Whether the process answers at all; independent of its dependencies. */
export const LIVE: PodAnswers = { "/live": async () => ({ status: 200, body: { status: "ok" } }) };

const MOST_CONNECTIONS = 128;
/** The kubelet has few: no other address keeps it out. */
const MOST_OF_ONE_ADDRESS = 16;
/** The kubelet sends its request at once: who is silent keeps a connection from it no longer than this. */
const SILENT_MILLISECONDS = 1_000;
const CHECKING_MILLISECONDS = 250;

/** What the kubelet asks, which has no SVID: no answer says more than how the pod is. */
export class PodServer {
  private readonly server: Server;
  /** Connections by address */
  private readonly open = new Map<string, number>();

  constructor(private readonly answers: PodAnswers) {
    this.server = createServer(
      {
        headersTimeout: SILENT_MILLISECONDS,
        requestTimeout: SILENT_MILLISECONDS,
        connectionsCheckingInterval: CHECKING_MILLISECONDS,
      },
      ({ method, url }, response) => void this.answer(method === "GET" ? (url ?? "") : "", response),
    );
    this.server.maxConnections = MOST_CONNECTIONS;
    this.server.on("connection", (socket: Socket) => this.bound(socket));
  }

  /** @returns the port */
  public async listen({ host, port }: { readonly host: string; readonly port: number }): Promise<number> {
    this.server.listen(port, host);
    await once(this.server, "listening");
    return (this.server.address() as AddressInfo).port;
  }

  public close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private bound(socket: Socket): void {
    const { remoteAddress = "" } = socket;
    const open = (this.open.get(remoteAddress) ?? 0) + 1;
    this.open.set(remoteAddress, open);
    socket.once("close", () => {
      const left = (this.open.get(remoteAddress) ?? 1) - 1;
      if (left > 0) this.open.set(remoteAddress, left);
      else this.open.delete(remoteAddress);
    });
    if (open > MOST_OF_ONE_ADDRESS) socket.destroy();
  }

  private async answer(path: string, response: ServerResponse): Promise<void> {
    const answer = Object.hasOwn(this.answers, path) ? this.answers[path] : undefined;
    const { status, body } = answer === undefined ? { status: 404, body: { status: "unknown" } } : await answer();
    response.writeHead(status, {
      "content-type": "application/json",
      "cache-control": "no-store",
      connection: "close",
    });
    response.end(JSON.stringify(body));
  }
}
