import { promises } from "node:dns";

/** What a name service says of a host */
export interface Found {
  readonly addresses: readonly string[];
  /** For which it says so */
  readonly seconds: number;
}

/** @throws Error where nothing is known */
export type Lookup = (hostname: string) => Promise<Found>;

const BOUNDS = { timeout: 1_000, tries: 2 } as const;
/** The host has no address of this kind, or does not exist. */
const NONE: readonly unknown[] = ["ENODATA", "ENOTFOUND"];

/**
 * Asks the name service itself: no file of hosts and no list of search domains makes another host of a name.
 *
 * @param servers `<address>:<port>` of name servers; those of the machine where none is given
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

/** @throws Error where the name service does not answer */
function noneOf(error: NodeJS.ErrnoException): [] {
  if (NONE.includes(error.code)) return [];
  throw error;
}
