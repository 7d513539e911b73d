import { DEFAULT_SCOPE } from "../../../policies/signature";
import { CONTROL_PORTS } from "../../platform/control-plane";
import { AUDIT_LOG_PREFIX, auditLogOrigin, CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "../../platform/names";
import { telemetryOf } from "../../platform/peers";
import type { Platform } from "../../platform/platform";
import type { WitnessesProps } from "../../platform/witnesses";
import type { Connections } from "./connections";

/** Where the driver of SPIFFE mounts the Workload API */
export const WORKLOAD_API = "/spiffe-workload-api";

export const FOLDER = {
  config: "/etc/ambit-exchange",
  token: "/var/run/secrets/ambit-exchange",
  page: "/var/run/secrets/ambit-approver-page",
} as const;

export const FILE = { config: "config.json", registryKey: "registry.pem" } as const;

/** Of the approvers' page, which takes no client's certificate */
export const PAGE_PORT = 8444;

/** Keys that sign tokens, by the end of their alias: one signs, both are published */
export const TOKEN_KEYS = ["tokens", "tokens-next"] as const satisfies readonly TokenKey[];
export type TokenKey = "tokens" | "tokens-next";

export interface ExchangeConfigProps {
  readonly issuer: string;
  readonly signsWith: TokenKey;
  /** Path of the key that verifies registries, or its PEM */
  readonly registryKey: string;
  /** PEM of others that verify them as well */
  readonly formerRegistryKeys?: readonly string[];
  /** Where DynamoDB answers, if not under its usual name */
  readonly dynamodbUrl: string | undefined;
}

/** The configuration of the exchange wherever it runs (runtime/exchange/config-schema.ts reads it). */
export function commonConfig(platform: Platform, props: ExchangeConfigProps): object {
  const { issuer, signsWith, registryKey, formerRegistryKeys = [], dynamodbUrl: endpoint } = props;
  const { region, trustDomain, stateTable, personKeyTable, registryTable, outbound, signals } = platform;
  const table = (name: string): object => ({ table: name, region, ...(endpoint === undefined ? {} : { endpoint }) });
  const gateway = `spiffe://${trustDomain.name}/ns/${CONTROL_NAMESPACE}/sa/${CONTROL_ACCOUNT.gateway}`;
  const keys = [signsWith, ...TOKEN_KEYS.filter((key) => key !== signsWith)];
  return {
    issuer,
    trustDomain: trustDomain.name,
    jwtSvid: { jwksUri: `${platform.issuer}/keys` },
    store: { dynamodb: table(stateTable) },
    persons: { dynamodb: table(personKeyTable) },
    registry: {
      from: { dynamodb: table(registryTable) },
      publicKeys: [registryKey, ...formerRegistryKeys],
      scope: DEFAULT_SCOPE,
    },
    signingKeys: keys.map((key) => ({ kms: platform.keyAlias(key) })),
    services: { introspect: [gateway], state: [gateway], transaction: [gateway], outbound: [gateway] },
    aws: { region },
    ...(signals.length > 0 && { signals }),
    ...(outbound === undefined ? {} : { outbound: { tools: outbound.tools, services: outbound.services } }),
  };
}

/** Of the exchange in the cluster */
export function exchangeConfig(
  platform: Platform,
  props: Omit<ExchangeConfigProps, "registryKey"> & {
    readonly connections: Connections | undefined;
    readonly hasApproverPage: boolean;
  },
): object {
  const { connections, hasApproverPage, ...common } = props;
  return {
    ...commonConfig(platform, {
      ...common,
      registryKey: `${FOLDER.config}/${FILE.registryKey}`,
    }),
    listen: { host: "0.0.0.0", port: CONTROL_PORTS.exchange },
    ...(connections === undefined ? {} : { connections }),
    ...telemetryOf(platform),
    ...(hasApproverPage && {
      approverPage: {
        listen: { host: "0.0.0.0", port: PAGE_PORT },
        tls: { certificate: `${FOLDER.page}/tls.crt`, key: `${FOLDER.page}/tls.key` },
      },
    }),
    audit: {
      origin: auditLogOrigin(platform.trustDomain.name),
      key: { kms: platform.keyAlias("audit-log") },
      storage: { s3: { bucket: platform.auditBucket, prefix: AUDIT_LOG_PREFIX, region: platform.region } },
      ...(platform.witnesses !== undefined && { witnessing: witnessingOf(platform.witnesses) }),
    },
    tls: { workloadApi: `unix://${WORKLOAD_API}/spire-agent.sock` },
  };
}

function witnessingOf({ witnesses, quorum, refuseSeconds }: Required<WitnessesProps>): object {
  return { witnesses, quorum, refuseSeconds };
}
