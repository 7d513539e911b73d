import type { Fleet, Tool } from "../../../domain";
import { DEFAULT_SCOPE } from "../../../policies/signature";
import { CONTROL_PORTS } from "../../platform/control-plane";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "../../platform/names";
import { collectorOf } from "../../platform/collector";
import { telemetryOf } from "../../platform/peers";
import type { Platform } from "../../platform/platform";
import type { GatewayUsers } from "../gateway-users";
import { envoyJson } from "./envoy-config";
import type { GatewayTool, ProtectedResources } from "./envoy-routes";
import type { EnvoyCollector } from "./envoy-tracing";
import { type EnvoyUsers, usersSecret } from "./envoy-users";

/** Where the driver of SPIFFE mounts the Workload API */
export const WORKLOAD_API = "/spiffe-workload-api";
const WORKLOAD_SOCKET = `${WORKLOAD_API}/spire-agent.sock`;

export const FOLDER = {
  config: "/etc/ambit-gateway",
  sockets: "/run/ambit-gateway",
  token: "/var/run/secrets/ambit-gateway",
  users: "/var/run/secrets/ambit-gateway-users",
} as const;

export const FILE = {
  envoy: "envoy.json",
  authorizer: "authorizer.json",
  registryKey: "registry.pem",
  users: "users.json",
  authorities: "authorities.pem",
} as const;

export const SOCKETS = {
  authorizer: `${FOLDER.sockets}/authorizer.sock`,
  admin: `${FOLDER.sockets}/envoy.sock`,
} as const;
/** Of Envoy's image */
const PUBLIC_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";

/** Port for the kubelet's probes of the authorizer; network policies let nothing else in */
export const POD_PORT = 8444;
/** Port of users; not one of the control plane's, which agents may reach */
export const USERS_PORT = 8445;
/** Port for the kubelet's probes of Envoy; network policies let nothing else in */
export const LIVE_PORT = 8446;
/** Longer than it takes until no node sends new connections to a pod that ends, and than a request without a stream */
export const DRAIN_SECONDS = 30;

/** How an image of Envoy names its release, before the digest */
export const ENVOY_RELEASE = /:(?:distroless-)?v?(\d+)\.(\d+)\.\d+@/;

/** The tools that have a route: all of them */
export function routedTools(fleet: Fleet): readonly Tool[] {
  return fleet.tools;
}

/** What Envoy must know of each */
export function envoyTools(fleet: Fleet): readonly GatewayTool[] {
  return routedTools(fleet).map(({ name, url, kind }) => ({ name, url, kind }));
}

/** Whether an agent has a way in */
export function serves({ agents }: Fleet): boolean {
  return agents.some(({ ways }) => ways.length > 0);
}

export interface EnvoyFileProps {
  readonly authorities: string | undefined;
  readonly resources: ProtectedResources;
  /** Undefined without a listener for users */
  readonly users?: Required<GatewayUsers> | undefined;
}

export function envoyFile(platform: Platform, fleet: Fleet, { authorities, resources, users }: EnvoyFileProps): string {
  const { trustDomain } = platform;
  return envoyJson({
    trustDomain: trustDomain.name,
    spiffeId: `spiffe://${trustDomain.name}/ns/${CONTROL_NAMESPACE}/sa/${CONTROL_ACCOUNT.gateway}`,
    listen: { address: "0.0.0.0", port: CONTROL_PORTS.gateway },
    tools: envoyTools(fleet),
    resources,
    serves: serves(fleet),
    users: users && envoyUsers(users),
    live: { address: "0.0.0.0", port: LIVE_PORT },
    identity: { workloadApi: WORKLOAD_SOCKET },
    collector: tracedTo(platform),
    sockets: SOCKETS,
    authorities: authorities === undefined ? PUBLIC_AUTHORITIES : `${FOLDER.config}/${FILE.authorities}`,
  });
}

/** A collector of yours may not drop the attributes of Envoy that must not be kept (envoy-tracing.ts). */
function tracedTo(platform: Platform): EnvoyCollector | undefined {
  const { collector, spiffeId } = collectorOf(platform)?.control ?? {};
  return collector === undefined || spiffeId === undefined ? undefined : { collector, spiffeId };
}

function envoyUsers({ origins, requestsPerSecond }: Required<GatewayUsers>): EnvoyUsers {
  return {
    listen: { address: "0.0.0.0", port: USERS_PORT },
    certificate: `${FOLDER.config}/${FILE.users}`,
    origins,
    requestsPerSecond,
  };
}

/** Where Envoy finds the certificate for users, as Kubernetes writes secrets of type `kubernetes.io/tls` */
export function usersFile(): string {
  const { users: folder } = FOLDER;
  return usersSecret({ chain: `${folder}/tls.crt`, key: `${folder}/tls.key`, folder });
}

export interface AuthorizerFileProps {
  readonly exchange: { readonly issuer: string; readonly address: string };
  /** PEM of others that verify registries as well */
  readonly formerRegistryKeys: readonly string[];
  /** PEM authorities that verify tools' certificates; public ones if undefined */
  readonly authorities: string | undefined;
  /** Where DynamoDB answers, if not under its usual name */
  readonly dynamodbUrl: string | undefined;
  /** Path of the Unix socket of OPA, where it decides in place of Cedar */
  readonly opaSocket: string | undefined;
}

/** The configuration of the authorizer (runtime/authorizer/config.ts reads it). */
export function authorizerFile(platform: Platform, props: AuthorizerFileProps): string {
  const { exchange, formerRegistryKeys, authorities, dynamodbUrl: endpoint, opaSocket: socket } = props;
  const { region, trustDomain, registryTable, intent, userListener } = platform;
  const config = {
    trustDomain: trustDomain.name,
    issuer: exchange.issuer,
    exchange: { url: exchange.address },
    socket: SOCKETS.authorizer,
    registry: {
      from: { dynamodb: { table: registryTable, region, ...(endpoint === undefined ? {} : { endpoint }) } },
      publicKeys: [`${FOLDER.config}/${FILE.registryKey}`, ...formerRegistryKeys],
      scope: DEFAULT_SCOPE,
    },
    ...(socket === undefined ? {} : { engine: { opa: { socket } } }),
    ...(intent === undefined ? {} : { intent: { url: intent.url, timeoutMs: intent.timeoutMs } }),
    ...(authorities === undefined ? {} : { authorities: `${FOLDER.config}/${FILE.authorities}` }),
    ...(userListener === undefined ? {} : { agents: { usersDomain: userListener.domain } }),
    ...telemetryOf(platform),
    pod: { listen: { host: "0.0.0.0", port: POD_PORT }, admin: SOCKETS.admin, drainSeconds: DRAIN_SECONDS },
    tls: { workloadApi: `unix://${WORKLOAD_SOCKET}` },
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
