import type { ConnectionLimits } from "./connection-limits";
import { networkOf } from "./remote-address";

/** More are not remembered: the oldest is forgotten. */
const MOST_ADDRESSES = 4_096;

interface Noted {
  readonly network: string;
  readonly until: number;
  next: number;
}

/**
 * Addresses that send certificates which no client needs. TLS verifies them before this code runs: one handshake with
 * many odd RSA keys takes as long as hundreds of others, so such an address is limited to few. If several addresses of
 * a network do it, the whole network is limited, because one host is probably changing its address.
 */
export class CostlyAddresses {
  private readonly noted = new Map<string, Noted>();

  constructor(
    private readonly limits: Pick<
      ConnectionLimits,
      "costlyMilliseconds" | "costlyPauseMilliseconds" | "costlyPerNetwork"
    >,
    private readonly elapsed: () => number,
  ) {}

  public note(address: string): void {
    const network = networkOf(address);
    this.add(address, network);
    if (network === address) return;
    const now = this.elapsed();
    const others = [...this.noted.values()].filter((noted) => noted.network === network && now < noted.until);
    if (others.length >= this.limits.costlyPerNetwork) this.add(network, "");
  }

  /** Whether a handshake may begin; it counts as begun where it may. */
  public mayConnect(address: string): boolean {
    const now = this.elapsed();
    const slowed = [...new Set([address, networkOf(address)])].flatMap((name) => this.noted.get(name) ?? []);
    const still = slowed.filter(({ until }) => now < until);
    if (still.some(({ next }) => now < next)) return false;
    for (const noted of still) noted.next = now + this.limits.costlyPauseMilliseconds;
    return true;
  }

  private add(name: string, network: string): void {
    const now = this.elapsed();
    this.noted.delete(name);
    const [oldest] = this.noted.keys();
    if (this.noted.size >= MOST_ADDRESSES && oldest !== undefined) this.noted.delete(oldest);
    const { costlyMilliseconds, costlyPauseMilliseconds } = this.limits;
    this.noted.set(name, { network, until: now + costlyMilliseconds, next: now + costlyPauseMilliseconds });
  }
}
