/** Blocks that server and agent of SPIRE share: where probes and metrics are answered. */
export function observed(ports: { readonly health: number; readonly metrics: number }) {
  return {
    health_checks: {
      listener_enabled: true,
      bind_address: "0.0.0.0",
      bind_port: String(ports.health),
      live_path: "/live",
      ready_path: "/ready",
    },
    telemetry: [{ Prometheus: [{ host: "0.0.0.0", port: ports.metrics }] }],
  };
}
