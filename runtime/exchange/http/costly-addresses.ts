import type { ConnectionLimits } from "./connection-limits";

/** More are not remembered: the oldest is forgotten. */
const MOST_ADDRESSES = 4_096;

interface Noted {
  readonly until: number;
  readonly next: number;
}

/**
 * Addresses whose certificates no client needs. TLS itself verifies what a client sends, before anybody can look at it: one
 * handshake with many odd RSA keys takes as long as hundreds of others, so such an address gets few of them.
 */
export class CostlyAddresses {
  private readonly noted = new Map<string, Noted>();

  constructor(
    private readonly limits: Pick<ConnectionLimits, "costlyMilliseconds" | "costlyPauseMilliseconds">,
    private readonly elapsed: () => number,
  ) {}

  public note(address: string): void {
    const now = this.elapsed();
    this.noted.delete(address);
    const [oldest] = this.noted.keys();
    if (this.noted.size >= MOST_ADDRESSES && oldest !== undefined) this.noted.delete(oldest);
    const { costlyMilliseconds, costlyPauseMilliseconds } = this.limits;
    this.noted.set(address, { until: now + costlyMilliseconds, next: now + costlyPauseMilliseconds });
  }

  /** Whether a handshake may begin; it counts as begun where it may. */
  public mayConnect(address: string): boolean {
    const noted = this.noted.get(address);
    if (noted === undefined) return true;
    const now = this.elapsed();
    if (now >= noted.until) this.noted.delete(address);
    else if (now < noted.next) return false;
    else this.noted.set(address, { ...noted, next: now + this.limits.costlyPauseMilliseconds });
    return true;
  }
}
