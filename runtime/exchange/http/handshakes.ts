import type { ConnectionLimits } from "./connection-limits";

type HandshakeLimits = Pick<
  ConnectionLimits,
  "freshMilliseconds" | "handshakeMilliseconds" | "handshakes" | "handshakesPerAddress"
>;

interface Begun {
  readonly at: number;
  /** Until it counts no more among those of all addresses */
  readonly fresh: NodeJS.Timeout;
}

interface OfAddress {
  /** By name, the oldest first */
  readonly underWay: Map<string, Begun>;
  readonly waiting: Map<string, () => void>;
}

/**
 * Handshakes that have begun and are not over. TLS verifies a client's certificates in the middle of one, on the thread that answers
 * all clients, whether or not the client ends it. So few go on at once, and addresses take turns: what one address begins waits behind
 * its own alone.
 */
export class Handshakes {
  private readonly addresses = new Map<string, OfAddress>();
  /** Addresses that may begin another one, the next first */
  private readonly turns = new Map<string, OfAddress>();
  private readonly fresh = new Set<string>();
  private isStarting = false;

  /** @param giveUp told of one that takes long while others of its address wait */
  constructor(
    private readonly limits: HandshakeLimits,
    private readonly giveUp: (name: string) => void,
    private readonly elapsed: () => number,
  ) {}

  /** @param start called at once, or when its turn comes */
  public add(address: string, name: string, start: () => void): void {
    const own = this.addresses.get(address) ?? { underWay: new Map(), waiting: new Map() };
    this.addresses.set(address, own);
    own.waiting.set(name, start);
    this.queue(address, own);
    this.start();
    if (own.waiting.has(name)) this.look(own, name);
  }

  /** The handshake is over, or its connection. */
  public remove(address: string, name: string): void {
    const own = this.addresses.get(address);
    if (own === undefined) return;
    own.waiting.delete(name);
    clearTimeout(own.underWay.get(name)?.fresh);
    own.underWay.delete(name);
    this.fresh.delete(name);
    if (own.waiting.size + own.underWay.size === 0) this.addresses.delete(address);
    this.queue(address, own);
    this.start();
  }

  /** Names of those that have begun */
  public underWay(address: string): readonly string[] {
    return [...(this.addresses.get(address)?.underWay.keys() ?? [])];
  }

  /** One that is refused when its turn comes is over at once: its {@link remove} leaves the next one to this loop. */
  private start(): void {
    if (this.isStarting) return;
    this.isStarting = true;
    for (const [address, own] of this.turns) {
      if (this.fresh.size >= this.limits.handshakes) break;
      this.turns.delete(address);
      const [next] = own.waiting;
      if (next === undefined) continue;
      this.begin(own, ...next);
      this.queue(address, own);
    }
    this.isStarting = false;
  }

  private begin(own: OfAddress, name: string, start: () => void): void {
    own.waiting.delete(name);
    const fresh = setTimeout(() => {
      this.fresh.delete(name);
      this.start();
    }, this.limits.freshMilliseconds).unref();
    own.underWay.set(name, { at: this.elapsed(), fresh });
    this.fresh.add(name);
    start();
  }

  /** Behind all others, unless it has a turn already */
  private queue(address: string, own: OfAddress): void {
    const mayBegin = own.waiting.size > 0 && own.underWay.size < this.limits.handshakesPerAddress;
    if (!mayBegin) this.turns.delete(address);
    else if (!this.turns.has(address)) this.turns.set(address, own);
  }

  /** As long as it waits: eight clients that go on no further must not lock out their neighbours. */
  private look(own: OfAddress, name: string): void {
    const { handshakeMilliseconds } = this.limits;
    setTimeout(() => {
      if (!own.waiting.has(name)) return;
      const [oldest] = own.underWay;
      if (oldest !== undefined && this.elapsed() - oldest[1].at >= handshakeMilliseconds) this.giveUp(oldest[0]);
      if (own.waiting.has(name)) this.look(own, name);
    }, handshakeMilliseconds).unref();
  }
}
