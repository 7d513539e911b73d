/** A configuration of the exchange with what it must have, and nothing else */
export const LEAST = {
  issuer: "https://exchange.example",
  trustDomain: "prod.example",
  listen: { host: "0.0.0.0", port: 8443 },
  tls: { workloadApi: "unix:///run/spire/agent.sock" },
  jwtSvid: { jwksUri: "https://oidc.example/keys" },
  store: { memory: {} },
  registry: { from: { file: "/etc/registry.signed" }, publicKeys: ["/etc/registry.pem"], scope: "prod" },
  signingKeys: [{ file: "/etc/signing.pem" }],
  services: { introspect: [], state: [] },
};
