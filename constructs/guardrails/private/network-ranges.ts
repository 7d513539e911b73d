import { UndecidedValue } from "../value";

/** Ranges that are no destination outside: nodes, pods, and what answers for the node's own identity (RFC 1918, RFC 3927) */
const INSIDE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"];

/** Whether a peer is every address: `outside` where the ranges of private networks and of metadata are left out */
export type Reach = "everywhere" | "outside" | "cluster" | undefined;

/** @throws UndecidedValue for a text that is no range */
export function reachOfRange(cidr: string, except: readonly string[], at: string): Reach {
  const length = Number(cidr.split("/")[1]);
  if (Number.isNaN(length)) throw new UndecidedValue(at, cidr, `${at} is no range`);
  // Halves of all addresses are all addresses in two rules.
  if (length >= (cidr.includes(":") ? 4 : 8)) return undefined;
  return !cidr.includes(":") && INSIDE.every((range) => except.includes(range)) ? "outside" : "everywhere";
}
