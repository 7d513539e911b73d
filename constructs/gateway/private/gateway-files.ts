import type { Fleet, Tool } from "../../../domain";
import { DEFAULT_SCOPE } from "../../../policies/signature";
import { CONTROL_PORTS } from "../../platform/control-plane";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "../../platform/names";
import type { Platform } from "../../platform/platform";
import { envoyJson } from "./envoy-config";
import type { GatewayTool, ProtectedResources } from "./envoy-routes";

/** Where the driver of SPIFFE mounts the Workload API */
export const WORKLOAD_API = "/spiffe-workload-api";
const WORKLOAD_SOCKET = `${WORKLOAD_API}/spire-agent.sock`;

export const FOLDER = {
  config: "/etc/ambit-gateway",
  sockets: "/run/ambit-gateway",
  token: "/var/run/secrets/ambit-gateway",
} as const;

export const FILE = {
  envoy: "envoy.json",
  authorizer: "authorizer.json",
  registryKey: "registry.pem",
  authorities: "authorities.pem",
} as const;

const SOCKETS = { authorizer: `${FOLDER.sockets}/authorizer.sock`, admin: `${FOLDER.sockets}/envoy.sock` } as const;
/** Of Envoy's image */
const PUBLIC_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";

/** Where the kubelet asks the authorizer; network policies let nothing else in */
export const POD_PORT = 8444;
/** Longer than it takes until no node sends new connections to a pod that ends, and than a request without a stream */
export const DRAIN_SECONDS = 30;

/** The tools that have a route: all of them */
export function routedTools(fleet: Fleet): readonly Tool[] {
  return fleet.tools;
}

/** What Envoy must know of each */
export function envoyTools(fleet: Fleet): readonly GatewayTool[] {
  return routedTools(fleet).map(({ name, url, kind }) => ({ name, url, kind }));
}

export function envoyFile(
  { trustDomain }: Platform,
  fleet: Fleet,
  { authorities, resources }: { readonly authorities: string | undefined; readonly resources: ProtectedResources },
): string {
  return envoyJson({
    trustDomain: trustDomain.name,
    spiffeId: `spiffe://${trustDomain.name}/ns/${CONTROL_NAMESPACE}/sa/${CONTROL_ACCOUNT.gateway}`,
    listen: { address: "0.0.0.0", port: CONTROL_PORTS.gateway },
    tools: envoyTools(fleet),
    resources,
    identity: { workloadApi: WORKLOAD_SOCKET },
    sockets: SOCKETS,
    authorities: authorities === undefined ? PUBLIC_AUTHORITIES : `${FOLDER.config}/${FILE.authorities}`,
  });
}

export interface AuthorizerFileProps {
  readonly exchange: { readonly issuer: string; readonly address: string };
  /** PEM of others that verify registries as well */
  readonly formerRegistryKeys: readonly string[];
  /** In PEM, that tools' certificates are verified with; the public ones where there are none */
  readonly authorities: string | undefined;
  /** Where DynamoDB answers, if not under its usual name */
  readonly dynamodbUrl: string | undefined;
  /** Path of the Unix socket of OPA, where it decides in place of Cedar */
  readonly opaSocket: string | undefined;
}

/** The configuration of the authorizer (runtime/authorizer/config.ts reads it). */
export function authorizerFile(platform: Platform, props: AuthorizerFileProps): string {
  const { exchange, formerRegistryKeys, authorities, dynamodbUrl: endpoint, opaSocket: socket } = props;
  const { region, trustDomain, registryTable, intent } = platform;
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
    pod: { listen: { host: "0.0.0.0", port: POD_PORT }, admin: SOCKETS.admin, drainSeconds: DRAIN_SECONDS },
    tls: { workloadApi: `unix://${WORKLOAD_SOCKET}` },
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
