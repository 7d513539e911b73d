import type { ConnectionLimits } from "./connection-limits";
import { HandshakePace } from "./handshake-pace";

interface OfAddress {
  /** Names, by when each began */
  readonly underWay: Map<string, number>;
  readonly waiting: Map<string, () => void>;
  isStarting: boolean;
  /** Until the next may begin */
  timer?: NodeJS.Timeout | undefined;
}

/**
 * Handshakes that have begun and are not over. TLS verifies a client's certificates in the middle of one, whether or not the client
 * ends it: so one address has few at once, these begin at a pace, and its others wait.
 */
export class Handshakes {
  private readonly addresses = new Map<string, OfAddress>();
  private readonly pace: HandshakePace;

  /** @param giveUp told of one that takes long while others wait */
  constructor(
    private readonly limits: Pick<
      ConnectionLimits,
      "handshakeMilliseconds" | "handshakePauseMilliseconds" | "handshakesPerAddress"
    >,
    private readonly giveUp: (name: string) => void,
    private readonly elapsed: () => number,
  ) {
    this.pace = new HandshakePace(limits, elapsed);
  }

  /** @param start called at once, or when another handshake of the address is over */
  public add(address: string, name: string, start: () => void): void {
    const own = this.addresses.get(address) ?? { underWay: new Map(), waiting: new Map(), isStarting: false };
    this.addresses.set(address, own);
    own.waiting.set(name, start);
    this.start(address, own);
    if (own.waiting.has(name)) this.look(own, name);
  }

  /** The handshake is over, or its connection. */
  public remove(address: string, name: string): void {
    const own = this.addresses.get(address);
    if (own === undefined) return;
    own.waiting.delete(name);
    own.underWay.delete(name);
    this.start(address, own);
    if (own.waiting.size + own.underWay.size > 0) return;
    clearTimeout(own.timer);
    this.addresses.delete(address);
  }

  /** Names of those that have begun, and of those that wait */
  public of(address: string): readonly string[] {
    const own = this.addresses.get(address);
    return own === undefined ? [] : [...own.waiting.keys(), ...own.underWay.keys()];
  }

  /** One that is refused when its turn comes is over at once: its {@link remove} leaves the next one to this loop. */
  private start(address: string, own: OfAddress): void {
    if (own.isStarting || own.timer !== undefined) return;
    own.isStarting = true;
    for (const [name, start] of own.waiting) {
      if (own.underWay.size >= this.limits.handshakesPerAddress) break;
      const milliseconds = this.pace.take(address);
      if (milliseconds > 0) {
        this.startLater(address, own, milliseconds);
        break;
      }
      own.waiting.delete(name);
      own.underWay.set(name, this.elapsed());
      start();
    }
    own.isStarting = false;
  }

  private startLater(address: string, own: OfAddress, milliseconds: number): void {
    own.timer = setTimeout(() => {
      own.timer = undefined;
      this.start(address, own);
    }, Math.ceil(milliseconds)).unref();
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
