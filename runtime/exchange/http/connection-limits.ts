/** How many connections one process holds, and for how long it waits for those that say nothing */
export interface ConnectionLimits {
  /** At once, of all clients together */
  readonly connections: number;
  /** At once, of one remote address: a companion has one, a gateway a few */
  readonly connectionsPerAddress: number;
  /** For which a connection that has sent no request is left alone, however few are left */
  readonly patienceMilliseconds: number;
  /** For which an address whose certificates take long to verify is slowed down */
  readonly costlyMilliseconds: number;
  /** From one handshake to the next of such an address */
  readonly costlyPauseMilliseconds: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  connections: 2_000,
  connectionsPerAddress: 128,
  patienceMilliseconds: 1_000,
  costlyMilliseconds: 60_000,
  costlyPauseMilliseconds: 5_000,
};
