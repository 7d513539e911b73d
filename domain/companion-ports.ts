/** Ports of an agent's pod that are the companion's: they answer the agent's own code, the gateway, and the kubelet. */
export const COMPANION_PORTS = { own: 7_464, inbound: 7_465, ready: 7_466 } as const;
