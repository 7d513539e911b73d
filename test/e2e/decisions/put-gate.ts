import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Stands before S3 and holds writes back until two have come, so that two deploys have both read before either writes.
 * Then it passes them on one after the other: the emulator checks a condition and writes in two steps.
 */
export class PutGate {
  private readonly held: (() => Promise<void>)[] = [];
  private server: Server | undefined;

  constructor(private readonly target: string) {}

  /** Its address */
  public async start(): Promise<string> {
    this.server = createServer((asked, answer) => {
      const pass = (): Promise<void> => this.pass(asked, answer);
      if (asked.method !== "PUT") return void pass();
      this.held.push(pass);
      if (this.held.length === 2) void this.release();
    }).listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  private async release(): Promise<void> {
    for (const pass of this.held.splice(0)) await pass();
  }

  private pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      const { method, headers, url } = asked;
      const onward = request(new URL(url as string, this.target), { method, headers }, (answered) => {
        answer.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.pipe(answer).on("finish", resolve);
      });
      onward.on("error", () => {
        answer.destroy();
        resolve();
      });
      asked.pipe(onward);
    });
  }
}
