import { isIP } from "node:net";

/** @see https://coredns.io/plugins/forward/ and the list `upstreamNameservers` of kube-dns */
const FORWARDED = /(?:\b(?:forward|proxy)[ \t]+\S+|\[)[ \t]*([^\n{}\]]*)/g;

const INSIDE =
  /^(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[789]\d|1[01]\d|12[0-7])\.|f[cd]|fe80:|::1$)/i;

/** Addresses of the internet that CoreDNS or kube-dns asks for names, by its configuration */
export function publicServersIn(text: string): readonly string[] {
  const found = Array.from(text.matchAll(FORWARDED), ([, servers = ""]) => servers.split(/[\s,"]+/)).flat();
  const addresses = found.map((server) => server.replace(/^\w+:\/\//, "").replace(/^\[|\](?::\d+)?$/g, ""));
  return addresses
    .map((address) => (isIP(address) === 0 ? address.replace(/:\d+$/, "") : address))
    .filter((address) => isIP(address) !== 0 && !INSIDE.test(address));
}
