/** Container images by digest. These digests are examples: no such images exist. */
export const images = {
  companion: `images.acme.example/ambit/companion@sha256:${"0".repeat(64)}`,
  exchange: `images.acme.example/ambit/exchange@sha256:${"c".repeat(64)}`,
  authorizer: `images.acme.example/ambit/authorizer@sha256:${"d".repeat(64)}`,
  // Older ones than 1.39 are refused.
  envoy: `images.acme.example/envoyproxy/envoy:distroless-v1.40.0@sha256:${"e".repeat(64)}`,
  // OpenTelemetry's, with the exporters of AWS
  collector: `images.acme.example/otel/collector-contrib:0.130.0@sha256:${"f".repeat(64)}`,
  "support-triage": `images.acme.example/agents/support-triage@sha256:${"1".repeat(64)}`,
  // SPIRE's images name their version too: the skew between them is checked.
  "spire-server": `images.acme.example/spiffe/spire-server:1.15.3@sha256:${"2".repeat(64)}`,
  "spire-agent": `images.acme.example/spiffe/spire-agent:1.15.3@sha256:${"3".repeat(64)}`,
  "spire-oidc-discovery-provider": `images.acme.example/spiffe/oidc-discovery-provider:1.15.3@sha256:${"4".repeat(64)}`,
  "spire-controller-manager": `images.acme.example/spiffe/spire-controller-manager:0.7.0@sha256:${"5".repeat(64)}`,
  "spiffe-csi-driver": `images.acme.example/spiffe/spiffe-csi-driver:0.2.12@sha256:${"6".repeat(64)}`,
  "csi-node-driver-registrar": `images.acme.example/sig-storage/csi-node-driver-registrar:v2.15.0@sha256:${"7".repeat(64)}`,
  // So do those of the policy engine: older ones are refused.
  opa: `images.acme.example/openpolicyagent/opa:1.22.2-static@sha256:${"a".repeat(64)}`,
  "spiffe-helper": `images.acme.example/spiffe/spiffe-helper:0.11.0@sha256:${"b".repeat(64)}`,
  "aws-cli": `images.acme.example/aws-cli@sha256:${"8".repeat(64)}`,
  postgres: `images.acme.example/postgres@sha256:${"9".repeat(64)}`,
} as const;
