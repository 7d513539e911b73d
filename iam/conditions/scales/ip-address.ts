import { isIPv4, isIPv6 } from "node:net";
import type { Interval } from "../../sets/interval-set";
import type { Scale } from "./scale";

const IPV4_BITS = 32;
const IPV6_BITS = 128;
/** Where the line goes on with IPv6: every address of one family lies apart from those of the other. */
const IPV6_START = 2n ** BigInt(IPV4_BITS);

const CIDR = /^([^/]+)\/(0|[1-9]\d{0,2})$/;

/** Addresses of both families; a policy names one, or a block of them. */
export const IP_ADDRESS: Scale = {
  universe: { from: 0n, to: IPV6_START + 2n ** BigInt(IPV6_BITS) - 1n },
  read,
  range,
  write,
  // Addresses that are kept for documentation, RFC 5737 and RFC 3849.
  preferred: ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1"].map((text) => read(text) as bigint),
  units: [1n],
};

function range(text: string): Interval | undefined {
  const [, address, prefix] = CIDR.exec(text) ?? [undefined, text, undefined];
  const point = read(address as string);
  if (point === undefined) return undefined;
  const bits = point < IPV6_START ? IPV4_BITS : IPV6_BITS;
  const fixed = prefix === undefined ? bits : Number(prefix);
  if (fixed > bits) return undefined;
  const start = point < IPV6_START ? 0n : IPV6_START;
  const size = 2n ** BigInt(bits - fixed);
  const from = point - ((point - start) % size);
  return { from, to: from + size - 1n };
}

function read(text: string): bigint | undefined {
  if (isIPv4(text)) return ipv4(text);
  // A zone, as in `fe80::1%eth0`, names an interface of one host.
  return isIPv6(text) && !text.includes("%") ? IPV6_START + ipv6(text) : undefined;
}

function ipv4(text: string): bigint {
  return text.split(".").reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function ipv6(text: string): bigint {
  const [head, tail] = text.split("::").map(groups) as [readonly bigint[], readonly bigint[] | undefined];
  const zeros = Array.from({ length: 8 - head.length - (tail?.length ?? 0) }, () => 0n);
  return [...head, ...zeros, ...(tail ?? [])].reduce((value, group) => value * 65_536n + group, 0n);
}

/** Groups of 16 bits; the last two may be written as an IPv4 address. */
function groups(text: string): readonly bigint[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [BigInt(`0x${group}`)];
    const value = ipv4(group);
    return [value / 65_536n, value % 65_536n];
  });
}

function write(point: bigint): string {
  if (point < IPV6_START) return digits(point, 4, 256n, 10).join(".");
  const address = digits(point - IPV6_START, 8, 65_536n, 16).join(":");
  // The URL standard shortens zeros; Node's net module has no function for it.
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

function digits(value: bigint, count: number, base: bigint, radix: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    ((value / base ** BigInt(count - 1 - index)) % base).toString(radix),
  );
}
