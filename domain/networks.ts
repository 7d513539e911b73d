import { BlockList, isIP } from "node:net";

/** Networks that are on the public internet by no means (IANA's special-purpose registries), and those that lead back to IPv4 */
export const SPECIAL_NETWORKS = [
  "0.0.0.0/8",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "192.0.0.0/24",
  "192.88.99.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::/96",
  "::ffff:0:0/96",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "100::/64",
  "2001::/23",
  "2002::/16",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
  // AWS: instance metadata, DNS and time over IPv6
  "fd00:ec2::/32",
] as const;

/**
 * Networks of an organisation's own (RFC 1918, RFC 6598, RFC 4193), and those for documentation and benchmarks (RFC 5737, RFC 2544,
 * RFC 3849), which some use in the same way
 */
export const PRIVATE_NETWORKS = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "172.16.0.0/12",
  "192.0.2.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "2001:db8::/32",
  "fc00::/7",
] as const;

/** Whose addresses a host can have, as far as its name tells */
export type HostKind = "private" | "special" | "unknown";

/** Names that no public name service has (RFC 6761, RFC 6762, RFC 8375; ICANN reserves `internal`) */
const PRIVATE_SUFFIXES = [".internal", ".local", ".localdomain", ".lan", ".home.arpa", ".intranet", ".corp"] as const;
const SPECIAL_NAMES = /(?:^|\.)localhost$/;

const special = listsOf(SPECIAL_NETWORKS);
const own = listsOf(PRIVATE_NETWORKS);

/** @param hostname of a URL, an IPv6 address in brackets */
export function hostKind(hostname: string): HostKind {
  const bare = hostname.replace(/^\[|\]$/g, "");
  const family = isIP(bare);
  if (family === 0) {
    if (SPECIAL_NAMES.test(bare)) return "special";
    const isPrivate =
      !bare.includes(".") || PRIVATE_SUFFIXES.some((suffix) => bare.endsWith(suffix)) || bare.endsWith(".svc");
    return isPrivate ? "private" : "unknown";
  }
  const name = family === 4 ? "ipv4" : "ipv6";
  if (special[name].check(bare, name)) return "special";
  return own[name].check(bare, name) ? "private" : "unknown";
}

/** One list for each family: Node takes every address of IPv4 for one within `::ffff:0:0/96`. */
function listsOf(networks: readonly string[]): Readonly<Record<"ipv4" | "ipv6", BlockList>> {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const network of networks) {
    const [prefix = "", length = ""] = network.split("/");
    const family = isIP(prefix) === 4 ? "ipv4" : "ipv6";
    lists[family].addSubnet(prefix, Number(length), family);
  }
  return lists;
}
