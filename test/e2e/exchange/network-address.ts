import { networkInterfaces } from "node:os";

/** Of this machine. Clients take the loopback for something special: what they are to reach must not be there. */
export function addressOfNetwork(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";
}
