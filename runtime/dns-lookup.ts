import { promises } from "node:dns";

/** What a name service says of a host */
export interface Found {
  readonly addresses: readonly string[];
  /** For which it says so */
  readonly seconds: number;
}

/** @throws Error if the lookup fails */
export type Lookup = (hostname: string) => Promise<Found>;

const BOUNDS = { timeout: 1_000, tries: 2 } as const;
/** The host has no address of this kind, or does not exist. */
const NONE: readonly unknown[] = ["ENODATA", "ENOTFOUND"];

/**
 * Asks the name server directly: no hosts file and no search domain changes the result.
 *
 * @param servers `<address>:<port>` of name servers; the machine's by default
 */
export function dnsLookup(servers?: readonly string[]): Lookup {
  const resolver = new promises.Resolver(BOUNDS);
  if (servers !== undefined) resolver.setServers(servers);
  return async (hostname): Promise<Found> => {
    const options = { ttl: true } as const;
    const found = (
      await Promise.all([
        resolver.resolve4(hostname, options).catch(noneOf),
        resolver.resolve6(hostname, options).catch(noneOf),
      ])
    ).flat();
    return { addresses: found.map(({ address }) => address), seconds: Math.min(...found.map(({ ttl }) => ttl)) };
  };
}

/** @throws Error if the name service does not answer */
function noneOf(error: NodeJS.ErrnoException): [] {
  if (NONE.includes(error.code)) return [];
  throw error;
}
