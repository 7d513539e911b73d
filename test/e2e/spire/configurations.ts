import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { BundlePublisher } from "../../../constructs/spire/bundle-publisher";
import { OidcDiscoveryProvider } from "../../../constructs/spire/oidc-discovery-provider";
import { SpireAgent } from "../../../constructs/spire/spire-agent";
import { SpireServer } from "../../../constructs/spire/spire-server";
import type {
  EmbeddedSpireServerProps,
  SpireServerIamRole,
  SpireServerProps,
} from "../../../constructs/spire/spire-server-props";
import { UpstreamAuthority } from "../../../constructs/spire/upstream-authority";
import { Template, unjudgedStack } from "../../support/synth";
import type { AgentConfig, ServerConfig } from "./spire-config";

export type Config = Readonly<Record<string, unknown>>;

export interface Named<C extends Config = Config> {
  /** What it was rendered from */
  readonly name: string;
  readonly config: C;
}

export interface Configurations {
  readonly servers: readonly Named<ServerConfig & Config>[];
  readonly agents: readonly Named<AgentConfig & Config>[];
  readonly oidc: readonly Named[];
  readonly controllerManagers: readonly Named[];
}

type Choices<T> = Readonly<Record<string, T>>;

const REGION = "eu-central-1";
const AUTHORITY = `arn:aws:acm-pca:${REGION}:111122223333:certificate-authority/0e0e0e0e-0000-4000-8000-000000000001`;
const ANCHOR = `arn:aws:rolesanywhere:${REGION}:111122223333:trust-anchor/00000000-0000-4000-8000-000000000000`;

const role: SpireServerIamRole = {
  roleArn: "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-spire-server",
  keyTags: { "ambit-platform": "prod" },
};
const withKeyPolicy: SpireServerIamRole = { ...role, keyPolicy: '{"Version":"2012-10-17","Statement":[]}\n' };
const database = {
  connectionString:
    "host=database.example port=5432 dbname=spire user=spire_server sslmode=verify-full sslrootcert=/run/spire/rds/ca.pem",
  certificateAuthorities: "-----BEGIN CERTIFICATE-----\nexample\n-----END CERTIFICATE-----\n",
  cidrs: ["10.0.48.0/24"],
  ready: [],
};

const STORES: Choices<Pick<SpireServerProps, "database" | "role" | "size"> | "embedded"> = {
  embedded: "embedded",
  "sqlite, kms": { database: "sqlite", role, size: { replicas: 1, cpu: "1", memory: "1Gi" } },
  "postgres, kms": { database, role },
  "postgres, kms with policy": { database, role: withKeyPolicy },
};

const pca = (pathLength: 0 | 1 | 2 | 3): UpstreamAuthority =>
  UpstreamAuthority.awsPrivateCa({ certificateAuthorityArn: AUTHORITY, region: REGION, pathLength });

const UPSTREAMS: Choices<UpstreamAuthority | undefined> = {
  "own CA": undefined,
  "pca 0": pca(0),
  "pca 1": pca(1),
  "pca 2": pca(2),
  "pca 3": pca(3),
  "upstream SPIRE": UpstreamAuthority.spire({
    serverAddress: "spire.root.example",
    csiDriver: "upstream.csi.spiffe.io",
  }),
};

const s3 = (format?: "jwks" | "pem" | "spiffe"): BundlePublisher =>
  BundlePublisher.s3({ region: REGION, bucket: "acme-keys", objectKey: "prod/keys", ...(format && { format }) });
const anchor = BundlePublisher.rolesAnywhere({ trustAnchorArn: ANCHOR });

const PUBLISHERS: Choices<readonly BundlePublisher[]> = {
  "config map": [],
  s3: [s3()],
  "s3 jwks": [s3("jwks")],
  "s3 pem": [s3("pem")],
  "s3 spiffe": [s3("spiffe")],
  "trust anchor": [anchor],
  "s3 and trust anchor": [s3("jwks"), anchor],
};

const fromCidrs = ["192.0.2.0/24"];
const ENDPOINTS: Choices<EmbeddedSpireServerProps["bundleEndpoint"]> = {
  "no endpoint": undefined,
  https_spiffe: { profile: "https_spiffe", fromCidrs },
  https_web: { profile: "https_web", secretName: "bundle-endpoint", fromCidrs },
};

const LIFETIMES: Choices<EmbeddedSpireServerProps["lifetimes"]> = {
  "default lifetimes": undefined,
  "short lifetimes": { x509Svid: "10m", jwtSvid: "1m", ca: "1h" },
};

const SETTINGS: Choices<EmbeddedSpireServerProps["settings"]> = {
  "no settings": undefined,
  settings: { server: { log_source_location: true, experimental: { cache_reload_interval: "2s" } } },
};

/** Every choice that the constructs offer. One stack holds them all, so that it is synthesized once. */
export function configurations(): Configurations {
  const stack = unjudgedStack();
  const made = new Map<string, string>();
  const make = (name: string, build: (id: string) => unknown): void => {
    const id = `Made${made.size}`;
    build(id);
    made.set(id, name);
  };
  for (const { name, where, ...props } of serversToMake()) {
    make(name, (id) =>
      where === "embedded"
        ? SpireServer.embedded(stack, id, props)
        : new SpireServer(stack, id, { ...props, ...where }),
    );
  }
  const server = { address: "spire-server.spire-server.svc", port: 8081, ready: [] };
  make("agent", (id) => new SpireAgent(stack, id, { server }));
  const more = { agent: { x509_svid_cache_max_size: 500 } };
  make("agent by node name, settings", (id) => {
    new SpireAgent(stack, id, { server, kubeletAddress: "node-name", settings: more });
  });
  const certificateSecret = "oidc-certificate";
  make("provider", (id) => new OidcDiscoveryProvider(stack, id, { certificateSecret }));
  make("provider of two domains, settings", (id) => {
    const domains = ["oidc.prod.acme.example", "oidc.example"];
    new OidcDiscoveryProvider(stack, id, { certificateSecret, domains, settings: { log_requests: true } });
  });
  return sorted(filesOf(Template.of(stack), made));
}

interface ServerToMake extends EmbeddedSpireServerProps {
  readonly name: string;
  readonly where: (typeof STORES)[string];
}

/**
 * Each store with each upstream authority and each endpoint. Publishers rotate, so that each of them meets
 * each upstream authority; lifetimes and settings, which touch nothing of the others, take turns too.
 */
function serversToMake(): readonly ServerToMake[] {
  let turn = 0;
  return Object.entries(STORES).flatMap(([store, where]) =>
    Object.entries(ENDPOINTS).flatMap(([endpoint, bundleEndpoint]) => {
      turn++;
      return Object.entries(UPSTREAMS).flatMap(([upstream, upstreamAuthority], at) => {
        if (where === "embedded" && upstreamAuthority?.certificateAuthorityArn !== undefined) return [];
        const [published, publishers] = where === "embedded" ? ["config map", []] : nth(PUBLISHERS, turn);
        // Two CAs are too few for servers that each have their own.
        const fitting =
          upstreamAuthority === undefined ? publishers.filter((publisher) => publisher !== anchor) : publishers;
        const [lived, lifetimes] = nth(LIFETIMES, turn + at);
        const [set, settings] = nth(SETTINGS, Math.floor((turn + at) / 2));
        return {
          name: [store, upstream, published, endpoint, lived, set].join(", "),
          where,
          publishers: fitting,
          ...(upstreamAuthority && { upstreamAuthority }),
          ...(bundleEndpoint && { bundleEndpoint }),
          ...(lifetimes && { lifetimes }),
          ...(settings && { settings }),
        };
      });
    }),
  );
}

interface File extends Named {
  readonly file: string;
}

/** The files of every ConfigMap, with the name of what it was made for */
function filesOf(template: Template, made: ReadonlyMap<string, string>): readonly File[] {
  const maps = Object.values(template.json.resource?.[ConfigMapV1.tfResourceType] ?? {});
  return maps.flatMap((map) => {
    const { path } = (map["//"] as { readonly metadata: { readonly path: string } }).metadata;
    const name = made.get(path.split("/")[1] as string) ?? path;
    const data = (map.data ?? {}) as Readonly<Record<string, string>>;
    return Object.entries(data).flatMap(([file, text]) =>
      file.endsWith(".conf") || file.endsWith("-config.yaml")
        ? [{ name, file, config: JSON.parse(text) as Config }]
        : [],
    );
  });
}

function sorted(files: readonly File[]): Configurations {
  const of = <C extends Config>(wanted: string): readonly Named<C>[] =>
    files.filter(({ file }) => file === wanted).map(({ name, config }) => ({ name, config: config as C }));
  return {
    servers: of("server.conf"),
    agents: of("agent.conf"),
    oidc: of("oidc.conf"),
    controllerManagers: of("controller-manager-config.yaml"),
  };
}

function nth<T>(choices: Choices<T>, turn: number): readonly [string, T] {
  const entries = Object.entries(choices);
  return entries[turn % entries.length] as readonly [string, T];
}
