/** Ports on which the control plane's pods (`app.kubernetes.io/name: ambit-<name>`) listen */
export const CONTROL_PORTS = { exchange: 8443, gateway: 8443 } as const;
