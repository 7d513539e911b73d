import type { ConnectionLimits } from "./connection-limits";

/** More are not remembered: the oldest is forgotten. */
const MOST_ADDRESSES = 4_096;

/**
 * How soon an address may begin its next handshake: some at once, and then one after the other. TLS verifies a client's chain in the one
 * thread that serves everybody, and may need 20 ms for the longest that is accepted: what comes between two of them is served.
 *
 * Of an address it keeps when its handshakes would have begun at that pace (GCRA, ITU-T I.371).
 */
export class HandshakePace {
  private readonly due = new Map<string, number>();

  constructor(
    private readonly limits: Pick<ConnectionLimits, "handshakePauseMilliseconds" | "handshakesPerAddress">,
    private readonly elapsed: () => number,
  ) {}

  /** @returns milliseconds to wait; 0 where it may begin, which then counts */
  public take(address: string): number {
    const { handshakePauseMilliseconds: pause, handshakesPerAddress: most } = this.limits;
    const now = this.elapsed();
    const due = Math.max(now, this.due.get(address) ?? now);
    const early = due - now - (most - 1) * pause;
    if (early > 0) return early;
    this.due.delete(address);
    const [oldest] = this.due.keys();
    if (this.due.size >= MOST_ADDRESSES && oldest !== undefined) this.due.delete(oldest);
    this.due.set(address, due + pause);
    return 0;
  }
}
