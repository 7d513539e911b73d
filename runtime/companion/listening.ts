import type { Server } from "node:http";
import { type AddressInfo, isIP } from "node:net";

const CLOSE_MILLISECONDS = 5_000;
const ADDRESS = /^(?:(?<four>[0-9.]+)|\[(?<six>[0-9A-Fa-f:.]+)\]):(?<port>[1-9][0-9]{0,4})$/;
const MOST_PORT = 65_535;

/** An address to listen at */
export interface ListenAddress {
  readonly hostname: string;
  readonly port: number;
}

/** Listen address in a pod, from its environment: `<IP address>:<port>`; undefined if the text is malformed */
export function listenAddress(text: string): ListenAddress | undefined {
  const { four, six, port = "" } = ADDRESS.exec(text)?.groups ?? {};
  const hostname = four ?? six ?? "";
  const sound = isIP(hostname) === (four === undefined ? 6 : 4) && Number(port) <= MOST_PORT;
  return sound ? { hostname, port: Number(port) } : undefined;
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
