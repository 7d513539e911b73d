import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** Where the network is asked for a name, it leads to this place: a tunnel (RFC 9110 section 9.3.6) in place of DNS. */
export class NetworkProxy {
  private constructor(private readonly server: Server) {}

  public static async to(place: { readonly host: string; readonly port: number }): Promise<NetworkProxy> {
    const server = createServer();
    server.on("connect", (_: IncomingMessage, client: Socket) => {
      const onward = connect(place, () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        client.pipe(onward).pipe(client);
      });
      onward.on("error", () => client.destroy());
      client.on("error", () => onward.destroy());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new NetworkProxy(server);
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
