import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface PodServerProps {
  /** Names of the parts that keep the pod from serving */
  readonly unready: () => Promise<readonly string[]>;
  /** Resolves when the pod is out of service */
  readonly drained: () => Promise<void>;
}

const MOST_CONNECTIONS = 32;
const MILLISECONDS = 5_000;

/** What the kubelet asks, which has no SVID: no answer says more than how the pod is. */
export class PodServer {
  private readonly server: Server;

  constructor(private readonly props: PodServerProps) {
    this.server = createServer(
      { headersTimeout: MILLISECONDS, requestTimeout: MILLISECONDS, keepAliveTimeout: MILLISECONDS },
      ({ method, url }, response) => void this.answer(method === "GET" ? (url ?? "") : "", response),
    );
    this.server.maxConnections = MOST_CONNECTIONS;
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

  private async answer(path: string, response: ServerResponse): Promise<void> {
    if (path === "/live") return send(response, 200, { status: "ok" });
    if (path === "/drain") {
      await this.props.drained();
      return send(response, 200, { status: "drained" });
    }
    if (path !== "/ready") return send(response, 404, { status: "unknown" });
    const parts = await this.props.unready();
    return parts.length === 0
      ? send(response, 200, { status: "ok" })
      : send(response, 503, { status: "unready", not_ready: parts });
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}
