/** How many connections one process holds, and for how long it waits for them */
export interface ConnectionLimits {
  /** At once, of all clients together */
  readonly connections: number;
  /** At once, of one address: a companion has one, a gateway a few. A /64 of IPv6 has at most this or half of all */
  readonly connectionsPerAddress: number;
  /** Handshakes under way at once, of all clients together; the others wait, and addresses take turns */
  readonly handshakes: number;
  /** After which a handshake counts among these no more, so that clients that do not go on hold up their own address alone */
  readonly freshMilliseconds: number;
  /** Handshakes under way at once, of one remote address; its others wait */
  readonly handshakesPerAddress: number;
  /** After which a handshake is given up where another of its address waits */
  readonly handshakeMilliseconds: number;
  /** Received after a client's first message in a handshake that does not end; beyond it the address is slowed down: an alert is shorter */
  readonly unfinishedBytes: number;
  /** For which a connection is left alone that has authenticated no client yet, or is idle, however few are left */
  readonly patienceMilliseconds: number;
  /** For which an address whose certificates take long to verify is slowed down */
  readonly costlyMilliseconds: number;
  /** From one handshake to the next of such an address */
  readonly costlyPauseMilliseconds: number;
  /**
   * Number of such addresses in one IPv6 /64 from which the whole network is throttled, because one host may have them
   * all
   */
  readonly costlyPerNetwork: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  connections: 2_000,
  connectionsPerAddress: 128,
  handshakes: 8,
  freshMilliseconds: 100,
  handshakesPerAddress: 8,
  handshakeMilliseconds: 3_000,
  unfinishedBytes: 512,
  patienceMilliseconds: 1_000,
  costlyMilliseconds: 60_000,
  costlyPauseMilliseconds: 5_000,
  costlyPerNetwork: 8,
};
