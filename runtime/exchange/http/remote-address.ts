import { isIPv6, type Socket } from "node:net";

/** The other end of a connection */
export type Remote = Pick<Socket, "remoteAddress" | "remotePort">;

/** Groups of 16 bits in the network part of an IPv6 address: a host chooses the other half as it likes (RFC 4291 section 2.5.4). */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/** By which connections are counted: an IPv4 address, or the /64 of an IPv6 address. Empty where the peer has gone. */
export function addressOf(remote: Remote): string {
  const address = hostOf(remote);
  return isIPv6(address) ? networkOf(address) : address;
}

/** Tells a connection from all others that are open. */
export function nameOf(remote: Remote): string {
  return `${hostOf(remote)} ${remote.remotePort}`;
}

/** An IPv4 address in the form of IPv6 (RFC 4291 section 2.5.5.2) is the same address. */
function hostOf({ remoteAddress = "" }: Remote): string {
  return remoteAddress.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, "");
}

function networkOf(address: string): string {
  const [head = [], tail] = address.split("::").map((part) => (part === "" ? [] : part.split(":")));
  const zeros = Array.from({ length: tail === undefined ? 0 : GROUPS - head.length - tail.length }, () => "0");
  return `${[...head, ...zeros, ...(tail ?? [])].slice(0, NETWORK_GROUPS).join(":")}::/64`;
}
