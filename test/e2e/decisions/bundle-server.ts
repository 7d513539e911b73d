import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { freePort } from "../../../cli/dev/free-port";

/** Serves one bundle over HTTP, as S3 does: an ETag per content, 304 for a client that has it, 404 for a missing one. */
export class BundleServer {
  private content: Uint8Array | undefined;
  private readonly sent = new Set<string>();
  private server: Server | undefined;
  private port?: number;

  public get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Replace what is served. */
  public publish(content: Uint8Array): void {
    this.content = content;
  }

  /** Whether this content was handed out */
  public handedOut(content: Uint8Array): boolean {
    return this.sent.has(tagOf(content));
  }

  /** Listen, on the port it had before where it had one. */
  public async start(): Promise<void> {
    this.port ??= await freePort();
    this.server = createServer((request, response) => {
      const content = this.content;
      if (content === undefined) return void response.writeHead(404).end();
      const tag = tagOf(content);
      if (request.headers["if-none-match"] === tag) return void response.writeHead(304, { ETag: tag }).end();
      response.writeHead(200, { ETag: tag, "Content-Type": "application/gzip" }).end(content);
      this.sent.add(tag);
    }).listen(this.port, "127.0.0.1");
    await once(this.server, "listening");
  }

  /** Be gone: connections are refused. */
  public async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.server = undefined;
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }
}

function tagOf(content: Uint8Array): string {
  return `"${createHash("sha256").update(content).digest("hex")}"`;
}
