import { isIPv4, isIPv6 } from "node:net";
import { hostKind } from "../../../domain/networks";
import type { FleetTool } from "../../registry/registry";
import { Denial } from "../denial";

/** What a name service says of a host */
export interface Found {
  readonly addresses: readonly string[];
  /** For which it says so */
  readonly seconds: number;
}

/** @throws Error where nothing is known */
export type Lookup = (hostname: string) => Promise<Found>;

interface Known extends Found {
  /** Milliseconds, as `elapsed` counts them */
  readonly at: number;
}

const MILLISECONDS = 1_000;
/** A name is asked for no more often, and no less, whatever its time to live is. */
const SECONDS = { least: 5, most: 30, withoutAnswer: 60 } as const;
const HTTPS_PORT = "443";

/**
 * Where each tool is reached. The very address that is looked at here is the one that Envoy connects to: a name that comes to lead
 * into the platform's own network, or to the metadata of the machine, leads nowhere.
 */
export class Destinations {
  private readonly known = new Map<string, Known>();
  private readonly pending = new Map<string, Promise<Known>>();
  private turn = 0;

  /** @param elapsed milliseconds from any beginning, that never go back */
  constructor(
    private readonly lookup: Lookup,
    private readonly elapsed: () => number = () => performance.now(),
  ) {}

  /**
   * Address with its port, as Envoy reads it
   *
   * @throws Denial `gateway.name`, `gateway.destination`
   */
  public async of({ url, isPrivate }: Pick<FleetTool, "isPrivate" | "url">): Promise<string> {
    const { hostname, port } = new URL(url);
    const addresses = await this.addressesOf(hostname.replace(/^\[|\]$/g, ""));
    // One that is not allowed makes all of them suspect: whoever can add an address can add another one.
    const odd = addresses.find((address) => !isAllowed(address, isPrivate));
    if (odd !== undefined) throw Denial.of("gateway.destination");
    // Not every cluster has a way out by IPv6.
    const v4 = addresses.filter((address) => isIPv4(address));
    const usable = v4.length > 0 ? v4 : addresses;
    this.turn += 1;
    const address = usable[this.turn % usable.length] as string;
    return `${isIPv6(address) ? `[${address}]` : address}:${port === "" ? HTTPS_PORT : port}`;
  }

  private async addressesOf(hostname: string): Promise<readonly string[]> {
    if (isIPv4(hostname) || isIPv6(hostname)) return [hostname];
    const known = this.known.get(hostname);
    const age = known === undefined ? Infinity : (this.elapsed() - known.at) / MILLISECONDS;
    const lasts = Math.min(Math.max(known?.seconds ?? 0, SECONDS.least), SECONDS.most);
    if (known !== undefined && age < lasts) return known.addresses;
    try {
      return (await this.asked(hostname)).addresses;
    } catch (error) {
      if (known !== undefined && age < SECONDS.withoutAnswer) return known.addresses;
      throw Denial.of("gateway.name", undefined, { cause: error });
    }
  }

  private asked(hostname: string): Promise<Known> {
    const pending = this.pending.get(hostname) ?? this.found(hostname).finally(() => this.pending.delete(hostname));
    this.pending.set(hostname, pending);
    return pending;
  }

  private async found(hostname: string): Promise<Known> {
    const { addresses, seconds } = await this.lookup(hostname);
    if (addresses.length === 0) throw new Error(`${hostname} has no address`);
    const found = { addresses, seconds, at: this.elapsed() };
    this.known.set(hostname, found);
    return found;
  }
}

function isAllowed(address: string, isPrivate: boolean): boolean {
  const kind = hostKind(address);
  return kind === "unknown" || (kind === "private" && isPrivate);
}
