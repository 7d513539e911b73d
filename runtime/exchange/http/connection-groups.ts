import type { ConnectionLimits } from "./connection-limits";
import { networkOf } from "./remote-address";
import { Yielding } from "./yielding";

/** Share of all connections for one IPv6 network: its hosts may be one machine, or many unrelated ones. */
const NETWORK_SHARE = 0.5;

/** Connections of one address, or of one network of IPv6 */
interface ConnectionGroup {
  readonly why: "address" | "network";
  readonly limit: number;
  readonly yielding: Yielding;
  count: number;
}

/** Open connections, counted by where they come from */
export class ConnectionGroups {
  private readonly groups = new Map<string, ConnectionGroup>();

  constructor(private readonly limits: Pick<ConnectionLimits, "connections" | "connectionsPerAddress">) {}

  /** Those that there are: of the address, and of its network where it has one */
  public of(address: string): readonly ConnectionGroup[] {
    return keysOf(address).flatMap((key) => this.groups.get(key) ?? []);
  }

  public add(address: string): void {
    const { connections, connectionsPerAddress } = this.limits;
    for (const key of keysOf(address)) {
      const own = key === address;
      const limit = own ? connectionsPerAddress : Math.max(connectionsPerAddress, connections * NETWORK_SHARE);
      const why = own ? "address" : "network";
      const group = this.groups.get(key) ?? { why, limit, yielding: new Yielding(), count: 0 };
      group.count += 1;
      this.groups.set(key, group);
    }
  }

  public remove(address: string): void {
    for (const key of keysOf(address)) {
      const group = this.groups.get(key);
      if (group !== undefined && (group.count -= 1) === 0) this.groups.delete(key);
    }
  }
}

/** An IPv4 address is a network of its own. */
function keysOf(address: string): readonly string[] {
  const network = networkOf(address);
  return network === address ? [address] : [address, network];
}
