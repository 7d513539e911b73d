/** Ports of an agent's pod that are the companion's: the first answers the agent's own code, the second the gateway. */
export const COMPANION_PORTS = { own: 7_464, inbound: 7_465 } as const;
