import type { EnvoyConfigProps } from "../../constructs/gateway/private/envoy-config";

/** Of a gateway with one tool, which serves no agent */
export const ENVOY_PROPS: EnvoyConfigProps = {
  trustDomain: "prod.acme.example",
  spiffeId: "spiffe://prod.acme.example/ns/ambit-system/sa/ambit-gateway",
  listen: { address: "0.0.0.0", port: 8443 },
  tools: [{ name: "crm", url: "https://crm.acme.example/base", kind: "http" }],
  resources: { address: "https://gateway.example", issuer: "https://exchange.example" },
  identity: { workloadApi: "/spiffe-workload-api/spire-agent.sock" },
  sockets: { authorizer: "/run/ambit-gateway/authorizer.sock", admin: "/run/ambit-gateway/envoy.sock" },
  authorities: "/etc/ssl/certs/ca-certificates.crt",
};
