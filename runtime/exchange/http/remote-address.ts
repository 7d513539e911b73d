import { isIPv6, type Socket } from "node:net";

/** The other end of a connection */
export type Remote = Pick<Socket, "remoteAddress" | "remotePort">;

/** Groups of 16 bits in the network part of an IPv6 address (RFC 4291 section 2.5.4) */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/** Empty if the peer has gone. An IPv4 address in the form of IPv6 (RFC 4291 section 2.5.5.2) is the same address. */
export function addressOf({ remoteAddress = "" }: Pick<Remote, "remoteAddress">): string {
  return remoteAddress.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, "");
}

/**
 * Where a host may choose among addresses as it likes: the /64 of an IPv6 address, or the IPv4 address itself. Others may have
 * addresses there too: on EKS with IPv6 the pods of a whole subnet.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = [], tail] = address.split("::").map((part) => (part === "" ? [] : part.split(":")));
  const zeros = Array.from({ length: tail === undefined ? 0 : GROUPS - head.length - tail.length }, () => "0");
  return `${[...head, ...zeros, ...(tail ?? [])].slice(0, NETWORK_GROUPS).join(":")}::/64`;
}

/** Tells a connection from all others that are open. */
export function nameOf(remote: Remote): string {
  return `${addressOf(remote)} ${remote.remotePort}`;
}
