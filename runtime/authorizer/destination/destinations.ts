import { isIPv4, isIPv6 } from "node:net";
import type { Found, Lookup } from "../../dns-lookup";
import type { FleetTool } from "../../registry/registry";
import { usableAddresses } from "../../usable-addresses";
import { Denial } from "../denial";

interface Known extends Found {
  /** Milliseconds, as `elapsed` counts them */
  readonly at: number;
}

interface Place {
  readonly hostname: string;
  readonly port: string;
}

/** Addresses in Envoy's notation; empty if one of them is not allowed */
type Usable = readonly string[];

const MILLISECONDS = 1_000;
/** Bounds on how often a name is looked up, for any time to live. */
const SECONDS = { least: 5, most: 30, withoutAnswer: 60 } as const;
const HTTPS_PORT = "443";

/**
 * Where each tool is reached. The very address that is looked at here is the one that Envoy connects to: a name that comes to lead
 * into the platform's own network, or to the metadata of the machine, leads nowhere.
 */
export class Destinations {
  private readonly known = new Map<string, Known>();
  private readonly pending = new Map<string, Promise<Known>>();
  /** Host and port of each tool's address */
  private readonly places = new WeakMap<object, Place>();
  /** Which addresses may be connected to, where the tool is on a private network and where it is not */
  private readonly looked = new WeakMap<readonly string[], Partial<Record<"private" | "public", Usable>>>();
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
  public async of(tool: Pick<FleetTool, "isPrivate" | "url">): Promise<string> {
    const { hostname, port } = this.placeOf(tool);
    const usable = this.usableOf(await this.addressesOf(hostname), tool.isPrivate);
    if (usable.length === 0) throw Denial.of("gateway.destination");
    this.turn += 1;
    return `${usable[this.turn % usable.length]}:${port}`;
  }

  private placeOf(tool: Pick<FleetTool, "url">): Place {
    const known = this.places.get(tool);
    if (known !== undefined) return known;
    const { hostname, port } = new URL(tool.url);
    const place = { hostname: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? HTTPS_PORT : port };
    this.places.set(tool, place);
    return place;
  }

  private usableOf(addresses: readonly string[], isPrivate: boolean): Usable {
    const looked = this.looked.get(addresses) ?? {};
    this.looked.set(addresses, looked);
    return (looked[isPrivate ? "private" : "public"] ??= usableIn(addresses, isPrivate));
  }

  /**
   * All addresses of the name, on any network
   *
   * @throws Denial `gateway.name`
   */
  public async addressesOf(hostname: string): Promise<readonly string[]> {
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

function usableIn(addresses: readonly string[], isPrivate: boolean): Usable {
  return usableAddresses(addresses, isPrivate).map((address) => (isIPv6(address) ? `[${address}]` : address));
}
