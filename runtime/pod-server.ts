import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the kubelet is told: only a status of 2xx or 3xx means yes to it. */
export interface PodAnswer {
  readonly status: 200 | 503;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What is answered, by path. None of them rejects. */
export type PodAnswers = Readonly<Record<string, () => Promise<PodAnswer>>>;

const MOST_CONNECTIONS = 32;
const MILLISECONDS = 5_000;

/** What the kubelet asks, which has no SVID: no answer says more than how the pod is. */
export class PodServer {
  private readonly server: Server;

  constructor(private readonly answers: PodAnswers) {
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
    const answer = Object.hasOwn(this.answers, path) ? this.answers[path] : undefined;
    const { status, body } = answer === undefined ? { status: 404, body: { status: "unknown" } } : await answer();
    response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(JSON.stringify(body));
  }
}
