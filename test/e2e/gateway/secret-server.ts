import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { recorder } from "../../support/recorder";

/** What the service identities of tools show */
export const ROBOT_KEY = "robot-key-1";

/** What stands for Secrets Manager: each secret is {@link ROBOT_KEY}, but for those that have a text of their own. */
export class SecretServer {
  private constructor(
    private readonly server: Server,
    /** By ARN */
    public readonly texts: Map<string, string>,
  ) {}

  public static async start(): Promise<SecretServer> {
    const texts = new Map<string, string>();
    const { listener, asked } = recorder((response) => {
      const { SecretId: id } = JSON.parse(asked.at(-1)?.body ?? "") as { readonly SecretId: string };
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify({ SecretString: texts.get(id) ?? ROBOT_KEY }));
    });
    const server = createServer(listener);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new SecretServer(server, texts);
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
