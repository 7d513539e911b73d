import { CONNECTION_LIMITS, type ConnectionLimits } from "../../../runtime/exchange/http/connection-limits";
import { Connections } from "../../../runtime/exchange/http/connections";

/** Bytes of each client's first message */
export const HELLO = 1_600;

/** A connection that can be ended from either side */
export class Peer {
  private static ports = 1_024;
  public ended = false;
  public bytesRead = 0;
  private told: () => void = () => undefined;

  constructor(
    public readonly remoteAddress: string,
    public readonly remotePort = (Peer.ports += 1),
  ) {}

  public once(_: string, listener: () => void): this {
    this.told = listener;
    return this;
  }

  public destroy(): this {
    this.ended = true;
    return this;
  }

  /** As Node tells of an end: later */
  public closed(): void {
    this.ended = true;
    this.told();
  }
}

export function guarded(limits: Partial<ConnectionLimits> = {}) {
  const clock = { now: 0 };
  const refused: string[] = [];
  const connections = new Connections(
    { ...CONNECTION_LIMITS, ...limits },
    (why, address) => refused.push(`${why} ${address}`),
    () => clock.now,
  );
  const come = (address: string, port?: number) => {
    const peer = new Peer(address, port);
    const come = { peer, taken: false };
    if (connections.take(peer as never)) connections.greeted(peer as never, HELLO, () => (come.taken = true));
    return come;
  };
  return { clock, refused, connections, come };
}
