/** Ports on which the control plane's pods (`app.kubernetes.io/name: ambit-<name>`) listen */
export const CONTROL_PORTS = { exchange: 8443, gateway: 8443 } as const;

/** Ports of the collector: for exchange and gateway, for companions, and for the kubelet */
export const COLLECTOR_PORTS = { control: 4318, agents: 4319, health: 13133 } as const;
