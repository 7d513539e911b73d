/**
 * Ranges of addresses that together are as many as the smallest one that counts as every address by itself: a /7 of IPv4, a /3 of IPv6.
 * Private ranges are no part of it, nor is what two ranges share counted twice.
 */
export function sumToEverywhere(ranges: Iterable<string>): boolean {
  const all = [...new Set(ranges)];
  if (all.length < 2) return false;
  const [four, six] = [all.filter((each) => !each.includes(":")), all.filter((each) => each.includes(":"))];
  return sharePublic(four, PRIVATE_4, 32) >= 2 ** -7 || sharePublic(six, PRIVATE_6, 128) >= 2 ** -3;
}

/** RFC 1918, RFC 6598, RFC 3927, loopback, and what is reserved from 224.0.0.0 on */
const PRIVATE_4 = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "224.0.0.0/3",
];
/** RFC 4193, RFC 4291: unique local, link local and multicast */
const PRIVATE_6 = ["fc00::/7", "fe80::/10", "ff00::/8"];

/** Which part of all addresses they are, without private ones: between 0 and 1 */
function sharePublic(ranges: readonly string[], inside: readonly string[], bits: number): number {
  const measure = (texts: readonly string[]): number => sizeOf(texts.map((text) => spanOf(text, bits)));
  return measure([...ranges, ...inside]) - measure(inside);
}

type Span = readonly [number, number];

/** From where to where a range is, as parts of all addresses: a double is exact for what is longer than a /53. */
function spanOf(range: string, bits: number): Span {
  const [address = "", length = ""] = range.split("/");
  const size = 2 ** -Math.min(Number(length), bits);
  const start = Math.floor(partOf(address) / size) * size;
  return [start, start + size];
}

function partOf(address: string): number {
  const isSix = address.includes(":");
  const groups = isSix ? groupsOf(address) : address.split(".").map(Number);
  const base = isSix ? 2 ** 16 : 2 ** 8;
  return groups.reduceRight((part, group) => (part + group) / base, 0);
}

/** The eight groups of an IPv6 address (RFC 4291, section 2.2); one of IPv4 at its end is below what counts here. */
function groupsOf(address: string): readonly number[] {
  const [head = "", tail] = address.split("::");
  const read = (text: string): number[] => (text === "" ? [] : text.split(":").map((each) => parseInt(each, 16) || 0));
  const [before, after] = [read(head), read(tail ?? "")];
  return tail === undefined
    ? before
    : [...before, ...Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0), ...after];
}

function sizeOf(spans: readonly Span[]): number {
  const sorted = [...spans].sort(([one], [other]) => one - other);
  let [size, reached] = [0, 0];
  for (const [start, end] of sorted) {
    size += Math.max(0, end - Math.max(start, reached));
    reached = Math.max(reached, end);
  }
  return size;
}
