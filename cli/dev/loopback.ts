import type { Server as HttpServer } from "node:http";
import type { AddressInfo, Server } from "node:net";

/** Where all servers of development listen, and nowhere else */
export const LOOPBACK = "127.0.0.1";

/**
 * @param port 0 for any free one
 * @returns the port
 */
export function listening(server: Server, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, LOOPBACK, () => resolve((server.address() as AddressInfo).port));
  });
}

/** With all of its connections */
export function closed(server: Pick<HttpServer, "close" | "closeAllConnections">): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
