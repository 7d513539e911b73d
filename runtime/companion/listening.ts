import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

const CLOSE_MILLISECONDS = 5_000;

/** An address to listen at */
export interface ListenAddress {
  readonly hostname: string;
  readonly port: number;
}

/** @returns the port */
export async function listening(server: ServerLike, { hostname, port }: ListenAddress): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}

/** Take no more requests, answer those that are there, and end what is left after 5 s. */
export function drained(server: ServerLike): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MILLISECONDS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** Of HTTP or of HTTPS */
type ServerLike = Pick<
  Server,
  "address" | "close" | "closeAllConnections" | "closeIdleConnections" | "listen" | "off" | "once"
>;
