import type { Lifetimes } from "./lifetimes";
import { defined, type JsonObject } from "./json";
import { type LogLevel, logLevelOf } from "./log-level";
import { observed } from "./observed";
import { BUNDLE, PSAT_AUDIENCE, SERVER } from "./paths";
import { type Plugin, pluginBlocks } from "./plugin";
import { withSettings } from "./settings";

/** Open connections per server; PostgreSQL's own default allows 100 in all (SPIRE plugin sql: 100 and 100). */
const CONNECTIONS = { open: 40, idle: 4 };

export type ServerStore =
  | { readonly kind: "sqlite" }
  | {
      readonly kind: "aws_postgres";
      readonly region: string;
      /** Without a password: the server asks RDS for a token */
      readonly connectionString: string;
    };

export type ServerKeys =
  | { readonly kind: "disk" }
  | {
      readonly kind: "aws_kms";
      readonly region: string;
      readonly tags: Readonly<Record<string, string>>;
      /** Whether the server finds a key policy beside its configuration */
      readonly keyPolicy: boolean;
    };

export interface BundleEndpoint {
  readonly profile: { readonly kind: "https_spiffe" } | { readonly kind: "https_web" };
}

export interface ServerConfigProps {
  readonly trustDomain: string;
  readonly issuer: string;
  readonly clusterName: string;
  /** `namespace:name` of the service accounts whose pods may be agents of SPIRE */
  readonly agentAccounts: readonly string[];
  readonly lifetimes: Lifetimes;
  readonly store: ServerStore;
  readonly keys: ServerKeys;
  /** Namespace and name of the ConfigMap for agents */
  readonly bundle: { readonly namespace: string };
  readonly upstreamAuthority?: Plugin | undefined;
  readonly publishers: readonly Plugin[];
  readonly bundleEndpoint?: BundleEndpoint | undefined;
  readonly logLevel?: LogLevel | undefined;
  readonly settings?: JsonObject | undefined;
}

/** server.conf of SPIRE in HCL's JSON form. */
export function serverConfig(props: ServerConfigProps, where: string): JsonObject {
  const { lifetimes, bundleEndpoint } = props;
  const config = {
    server: defined({
      bind_address: "0.0.0.0",
      bind_port: SERVER.ports.grpc,
      socket_path: `${SERVER.socket}/api.sock`,
      trust_domain: props.trustDomain,
      data_dir: SERVER.data,
      log_level: logLevelOf(props.logLevel, where),
      log_format: "json",
      audit_log_enabled: true,
      jwt_issuer: props.issuer,
      disable_jwt_svids: false,
      ca_key_type: "ec-p256",
      jwt_key_type: "ec-p256",
      ca_ttl: String(lifetimes.ca),
      agent_ttl: String(lifetimes.x509Svid),
      default_x509_svid_ttl: String(lifetimes.x509Svid),
      default_jwt_svid_ttl: String(lifetimes.jwtSvid),
      ca_subject: [{ country: [], organization: [props.trustDomain], common_name: props.trustDomain }],
      prune_attested_nodes_expired_for: "24h",
      ratelimit: { attestation: true, signing: true },
      federation: bundleEndpoint && { bundle_endpoint: endpoint(bundleEndpoint) },
    }),
    plugins: pluginBlocks(serverPlugins(props), where),
    ...observed(SERVER.ports),
  };
  return withSettings(config, props.settings, where);
}

function serverPlugins(props: ServerConfigProps): readonly Plugin[] {
  return [
    { type: "DataStore", name: "sql", data: dataStore(props.store) },
    {
      type: "NodeAttestor",
      name: "k8s_psat",
      data: {
        clusters: [
          {
            [props.clusterName]: {
              service_account_allow_list: props.agentAccounts,
              audience: [PSAT_AUDIENCE],
            },
          },
        ],
      },
    },
    keyManager(props.keys),
    ...(props.upstreamAuthority === undefined ? [] : [props.upstreamAuthority]),
    {
      type: "BundlePublisher",
      name: "k8s_configmap",
      data: {
        clusters: [
          {
            [props.clusterName]: {
              format: BUNDLE.format,
              namespace: props.bundle.namespace,
              configmap_name: BUNDLE.configMap,
              configmap_key: BUNDLE.key,
            },
          },
        ],
      },
    },
    ...props.publishers,
  ];
}

function dataStore(store: ServerStore): JsonObject {
  if (store.kind === "sqlite") {
    return { database_type: "sqlite3", connection_string: `${SERVER.data}/datastore.sqlite3` };
  }
  return {
    database_type: [{ aws_postgres: [{ region: store.region }] }],
    connection_string: store.connectionString,
    max_open_conns: CONNECTIONS.open,
    max_idle_conns: CONNECTIONS.idle,
  };
}

function keyManager(keys: ServerKeys): Plugin {
  if (keys.kind === "disk") {
    return { type: "KeyManager", name: "disk", data: { keys_path: `${SERVER.data}/keys.json` } };
  }
  return {
    type: "KeyManager",
    name: "aws_kms",
    data: defined({
      region: keys.region,
      // A file in each replica's own volume: servers that shared an identifier would take each other's keys.
      key_identifier_file: `${SERVER.data}/aws-kms-key-identifier`,
      enable_tag_based_key_discovery: true,
      key_tags: [{ ...keys.tags }],
      key_policy_file: keys.keyPolicy ? `${SERVER.keyPolicy}/policy.json` : undefined,
    }) as JsonObject,
  };
}

function endpoint({ profile }: BundleEndpoint): JsonObject {
  const tls = { cert_file_path: `${SERVER.endpointTls}/tls.crt`, key_file_path: `${SERVER.endpointTls}/tls.key` };
  return {
    address: "0.0.0.0",
    port: SERVER.ports.federation,
    refresh_hint: "5m",
    profile: [
      profile.kind === "https_spiffe"
        ? { https_spiffe: {} }
        : { https_web: [{ serving_cert_file: [{ ...tls, file_sync_interval: "1m" }] }] },
    ],
  };
}
