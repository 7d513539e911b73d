import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What the service identities of tools show */
export const ROBOT_KEY = "robot-key-1";

/** What stands for Secrets Manager: each secret is {@link ROBOT_KEY}. */
export class SecretServer {
  private constructor(private readonly server: Server) {}

  public static async start(): Promise<SecretServer> {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify({ SecretString: ROBOT_KEY }));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new SecretServer(server);
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
