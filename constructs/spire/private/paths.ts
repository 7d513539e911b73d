/** Where SPIRE's files lie in its containers, and what it listens on. */
export const SERVER = {
  data: "/run/spire/data",
  config: "/run/spire/config",
  databaseCa: "/run/spire/rds",
  keyPolicy: "/run/spire/kms",
  endpointTls: "/run/spire/bundle-endpoint",
  upstreamSocket: "/run/spire/upstream",
  socket: "/tmp/spire-server/private",
  ports: { grpc: 8081, health: 8080, federation: 8443, metrics: 9988 },
} as const;

export const AGENT = {
  data: "/var/lib/spire",
  config: "/opt/spire/conf/agent",
  bundle: "/run/spire/bundle",
  token: "/var/run/secrets/tokens",
  /** On the node, and in the container */
  sockets: "/run/spire/agent-sockets",
  socketName: "spire-agent.sock",
  ports: { health: 9982, metrics: 9988 },
} as const;

export const CONTROLLER_MANAGER = {
  name: "spire-controller-manager",
  service: "spire-controller-manager-webhook",
  file: "controller-manager-config.yaml",
  /** Not `/spire-controller-manager`: that is the program in its image. */
  config: "/controller-manager",
  ports: { webhook: 9443, health: 8083, metrics: 8082 },
} as const;

export const OIDC = {
  config: "/run/spire/oidc/config",
  tls: "/run/spire/oidc/tls",
  workloadApi: "/spiffe-workload-api",
  ports: { https: 8443, health: 8008 },
} as const;

/** The ConfigMap with the initial trust bundle of agents */
export const BUNDLE = { configMap: "spire-bundle", key: "bundle.spiffe", format: "spiffe" } as const;

/** Audience of the token with which an agent proves on which node it runs */
export const PSAT_AUDIENCE = "spire-server";

/** Class of the custom resources that our controller manager acts on */
export const CLASS_NAME = "ambit";

export const WEBHOOK_NAME = "spire-controller-manager-webhook";
