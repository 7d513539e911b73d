import { isIPv4 } from "node:net";
import { hostKind } from "../domain/networks";

/**
 * Those of a name's addresses to connect to; empty if one of them is not allowed
 *
 * @param isPrivate whether the host is meant to be on a network of the organisation's own
 */
export function usableAddresses(addresses: readonly string[], isPrivate: boolean): readonly string[] {
  // One address that is not allowed makes all of them suspect: who can add one can add another.
  if (addresses.some((address) => !isAllowed(address, isPrivate))) return [];
  // Not every cluster has a way out by IPv6.
  const v4 = addresses.filter((address) => isIPv4(address));
  return v4.length > 0 ? v4 : addresses;
}

function isAllowed(address: string, isPrivate: boolean): boolean {
  const kind = hostKind(address);
  return kind === "unknown" || (kind === "private" && isPrivate);
}
