import type { ConnectionLimits } from "./connection-limits";

interface OfAddress {
  /** Names, by when each began */
  readonly underWay: Map<string, number>;
  readonly waiting: Map<string, () => void>;
  isStarting: boolean;
}

/**
 * Handshakes that have begun and are not over. TLS verifies a client's certificates in the middle of one, whether or not the client
 * ends it: so one address has few at once, and its others wait.
 */
export class Handshakes {
  private readonly addresses = new Map<string, OfAddress>();

  /** @param giveUp told of one that takes long while others wait */
  constructor(
    private readonly limits: Pick<ConnectionLimits, "handshakeMilliseconds" | "handshakesPerAddress">,
    private readonly giveUp: (name: string) => void,
    private readonly elapsed: () => number,
  ) {}

  /** @param start called at once, or when another handshake of the address is over */
  public add(address: string, name: string, start: () => void): void {
    const own = this.addresses.get(address) ?? { underWay: new Map(), waiting: new Map(), isStarting: false };
    this.addresses.set(address, own);
    own.waiting.set(name, start);
    this.start(own);
    if (own.waiting.has(name)) this.look(own, name);
  }

  /** The handshake is over, or its connection. */
  public remove(address: string, name: string): void {
    const own = this.addresses.get(address);
    if (own === undefined) return;
    own.waiting.delete(name);
    own.underWay.delete(name);
    this.start(own);
    if (own.waiting.size + own.underWay.size === 0) this.addresses.delete(address);
  }

  /** Names of those that have begun */
  public underWay(address: string): readonly string[] {
    return [...(this.addresses.get(address)?.underWay.keys() ?? [])];
  }

  /** One that is refused when its turn comes is over at once: its {@link remove} leaves the next one to this loop. */
  private start(own: OfAddress): void {
    if (own.isStarting) return;
    own.isStarting = true;
    for (const [name, start] of own.waiting) {
      if (own.underWay.size >= this.limits.handshakesPerAddress) break;
      own.waiting.delete(name);
      own.underWay.set(name, this.elapsed());
      start();
    }
    own.isStarting = false;
  }

  /** As long as it waits: eight clients that say nothing must not lock out their neighbours. */
  private look(own: OfAddress, name: string): void {
    const { handshakeMilliseconds } = this.limits;
    setTimeout(() => {
      if (!own.waiting.has(name)) return;
      const [oldest] = own.underWay;
      if (oldest !== undefined && this.elapsed() - oldest[1] >= handshakeMilliseconds) this.giveUp(oldest[0]);
      if (own.waiting.has(name)) this.look(own, name);
    }, handshakeMilliseconds).unref();
  }
}
