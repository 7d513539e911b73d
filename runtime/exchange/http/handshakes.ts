import type { ConnectionLimits } from "./connection-limits";
import { networkOf } from "./remote-address";

type HandshakeLimits = Pick<
  ConnectionLimits,
  "freshMilliseconds" | "handshakeMilliseconds" | "handshakes" | "handshakesPerAddress"
>;

interface Begun {
  isLate: boolean;
  readonly timers: readonly NodeJS.Timeout[];
}

interface OfAddress {
  /** By name, the oldest first */
  readonly underWay: Map<string, Begun>;
  readonly waiting: Map<string, () => void>;
}

/**
 * Handshakes that have begun and are not over. TLS verifies a client's certificates in the middle of one, on the thread that answers
 * all clients, whether or not the client ends it. So few go on at once, and networks take turns, and in each turn of a network its
 * addresses: what one address begins waits behind its own alone.
 */
export class Handshakes {
  private readonly addresses = new Map<string, OfAddress>();
  /** Networks whose addresses may begin another one, with these, the next first */
  private readonly turns = new Map<string, Map<string, OfAddress>>();
  private readonly fresh = new Set<string>();
  private isStarting = false;

  /** @param giveUp told of one that takes long while others of its address wait for it */
  constructor(
    private readonly limits: HandshakeLimits,
    private readonly giveUp: (name: string) => void,
  ) {}

  /** @param start called at once, or when its turn comes */
  public add(address: string, name: string, start: () => void): void {
    const own = this.addresses.get(address) ?? { underWay: new Map(), waiting: new Map() };
    this.addresses.set(address, own);
    own.waiting.set(name, start);
    this.queue(address, own);
    this.start();
    this.makeWay(own);
  }

  /** The handshake is over, or its connection. */
  public remove(address: string, name: string): void {
    const own = this.addresses.get(address);
    if (own === undefined) return;
    own.waiting.delete(name);
    own.underWay.get(name)?.timers.forEach(clearTimeout);
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
    for (const [network, addresses] of this.turns) {
      if (this.fresh.size >= this.limits.handshakes) break;
      this.turns.delete(network);
      const [turn] = addresses;
      const [next] = turn?.[1].waiting ?? [];
      if (turn === undefined || next === undefined) continue;
      const [address, own] = turn;
      addresses.delete(address);
      if (addresses.size > 0) this.turns.set(network, addresses);
      this.begin(own, ...next);
      this.queue(address, own);
    }
    this.isStarting = false;
  }

  private begin(own: OfAddress, name: string, start: () => void): void {
    own.waiting.delete(name);
    const { freshMilliseconds, handshakeMilliseconds } = this.limits;
    const later = (what: () => void, milliseconds: number) => setTimeout(what, milliseconds).unref();
    const begun: Begun = {
      isLate: false,
      timers: [
        later(() => (this.fresh.delete(name), this.start()), freshMilliseconds),
        later(() => ((begun.isLate = true), this.makeWay(own)), handshakeMilliseconds),
      ],
    };
    own.underWay.set(name, begun);
    this.fresh.add(name);
    start();
  }

  /** Behind all others of its network, and this behind all others, unless they have a turn already */
  private queue(address: string, own: OfAddress): void {
    const network = networkOf(address);
    const addresses = this.turns.get(network) ?? new Map<string, OfAddress>();
    const mayBegin = own.waiting.size > 0 && own.underWay.size < this.limits.handshakesPerAddress;
    if (!mayBegin) addresses.delete(address);
    else if (!addresses.has(address)) addresses.set(address, own);
    if (addresses.size === 0) this.turns.delete(network);
    else if (!this.turns.has(network)) this.turns.set(network, addresses);
  }

  /** Eight clients that go on no further must not lock out those behind them. */
  private makeWay({ underWay, waiting }: OfAddress): void {
    for (const [name, { isLate }] of underWay) {
      if (!isLate || waiting.size === 0 || underWay.size < this.limits.handshakesPerAddress) return;
      this.giveUp(name);
    }
  }
}
