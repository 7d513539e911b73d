import { isIP } from "node:net";
import { z } from "zod";
import { SpiffeId } from "../../domain";
import { isCollector, isSecure, type TelemetryConfig } from "../telemetry/telemetry-config";
import { socketPath } from "../workload-api/socket-path";
import { type InboundConfig, inboundIn } from "./inbound/inbound-config";
import { type ListenAddress, listenAddress } from "./listening";
import { tokenIn } from "./token-file";
import type { GatewayAddress } from "./tools/connections";

export const DEFAULT_LISTEN = "http://127.0.0.1:7464";
/** Of the 30 that Kubernetes gives a pod, and the last 5 are for requests that are there by then */
const DRAIN_SECONDS = 20;
const MOST_DRAIN_SECONDS = 3_600;

export interface CompanionConfig {
  /** That only this host, or this pod, reaches */
  readonly listen: ListenAddress;
  /** https address without a path */
  readonly exchangeUrl: string;
  /** Undefined for the one in the own trust domain */
  readonly exchangeId: string | undefined;
  /**
   * Where tools are reached.
   *
   * @default - nowhere
   */
  readonly gateway?: GatewayAddress | undefined;
  /**
   * What the agent serves.
   *
   * @default - nothing
   */
  readonly inbound?: InboundConfig | undefined;
  /**
   * Where the kubelet asks whether the companion lives. Of an agent that serves it asks where it asks whether the pod is ready.
   *
   * @default - nowhere
   */
  readonly live?: ListenAddress | undefined;
  readonly identity: { readonly socket: string } | { readonly folder: string };
  /** Bearer token that every request must carry; undefined if none is required */
  readonly token: string | undefined;
  /**
   * Where traces and metrics go.
   *
   * @default - telemetry is off
   */
  readonly telemetry?: TelemetryConfig | undefined;
}

/** What the program needs besides */
export interface ProgramConfig extends CompanionConfig {
  /** For which it serves on after SIGTERM, which the agent beside it gets at the same time */
  readonly drainSeconds: number;
}

/** The environment does not say what is needed. Each problem is one line. */
export class ConfigError extends Error {
  public override readonly name = "ConfigError";
}

/** An empty variable is one that is not set. */
const optional = <T>(read: (value: string) => T) =>
  z
    .string()
    .optional()
    .transform((value, context) => (value === undefined || value === "" ? undefined : tried(read, value, context)));

const environment = z
  .object({
    AMBIT_LISTEN: optional(loopbackAddress),
    AMBIT_EXCHANGE_URL: optional(httpsAddress("AMBIT_EXCHANGE_URL")),
    AMBIT_EXCHANGE_ID: optional(spiffeId("AMBIT_EXCHANGE_ID")),
    AMBIT_GATEWAY_URL: optional(httpsAddress("AMBIT_GATEWAY_URL")),
    AMBIT_GATEWAY_ID: optional(spiffeId("AMBIT_GATEWAY_ID")),
    AMBIT_INBOUND: optional(inboundIn),
    AMBIT_LIVE: optional(podAddress),
    SPIFFE_ENDPOINT_SOCKET: optional((value) => `unix://${socketPath(value)}`),
    AMBIT_SVID_FOLDER: optional(absoluteFolder),
    AMBIT_COMPANION_TOKEN_FILE: optional(tokenIn),
    AMBIT_DRAIN_SECONDS: optional(drainSeconds),
    AMBIT_COLLECTOR: optional(collectorAddress),
    AMBIT_COLLECTOR_ID: optional(spiffeId("AMBIT_COLLECTOR_ID")),
  })
  .superRefine((value, context) => {
    const missing = (message: string): void => context.addIssue({ code: "custom", message });
    if (value.AMBIT_EXCHANGE_URL === undefined) {
      missing("AMBIT_EXCHANGE_URL must be https://<host>:<port> of the exchange, and is not set");
    }
    const { AMBIT_GATEWAY_URL: url, AMBIT_INBOUND: inbound } = value;
    if (value.AMBIT_GATEWAY_ID !== undefined && url === undefined && inbound === undefined) {
      missing("AMBIT_GATEWAY_ID is set, and AMBIT_GATEWAY_URL is not: set it to https://<host>:<port> of the gateway");
    }
    const own = [(value.AMBIT_LISTEN ?? loopbackAddress(DEFAULT_LISTEN)).port, inbound?.listen.port];
    const ready = inbound?.ready?.port;
    if (ready !== undefined && own.includes(ready))
      missing(`AMBIT_INBOUND: ready must have a port of its own, and at ${ready} the companion listens already`);
    own.push(ready);
    const live = value.AMBIT_LIVE?.port;
    if (live !== undefined && own.includes(live))
      missing(`AMBIT_LIVE must have a port of its own, and at ${live} the companion listens already`);
    own.push(live);
    for (const [name, { port }] of inbound?.ways ?? []) {
      if (own.includes(port))
        missing(`AMBIT_INBOUND: ways.${name}.port must be the agent's, and ${port} is the companion's`);
    }
    const { AMBIT_COLLECTOR: collector, AMBIT_COLLECTOR_ID: collectorId } = value;
    if (collectorId !== undefined && (collector === undefined || !isSecure({ collector, spiffeId: collectorId }))) {
      const must = "AMBIT_COLLECTOR_ID is set, and AMBIT_COLLECTOR has no https address";
      missing(`${must}: set it to https://<host>:<port> of the collector`);
    }
    if ((value.SPIFFE_ENDPOINT_SOCKET === undefined) === (value.AMBIT_SVID_FOLDER === undefined)) {
      missing("exactly one of SPIFFE_ENDPOINT_SOCKET and AMBIT_SVID_FOLDER must be set");
    }
  });

/** @throws ConfigError */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): ProgramConfig {
  const found = environment.safeParse(variables);
  if (!found.success) throw new ConfigError(found.error.issues.map(({ message }) => message).join("\n"));
  const { AMBIT_LISTEN, AMBIT_EXCHANGE_URL, AMBIT_EXCHANGE_ID, AMBIT_COMPANION_TOKEN_FILE } = found.data;
  const { AMBIT_GATEWAY_URL, AMBIT_GATEWAY_ID, AMBIT_INBOUND, AMBIT_LIVE } = found.data;
  const {
    SPIFFE_ENDPOINT_SOCKET: socket,
    AMBIT_SVID_FOLDER: folder,
    AMBIT_DRAIN_SECONDS,
    AMBIT_COLLECTOR,
    AMBIT_COLLECTOR_ID,
  } = found.data;
  return {
    listen: AMBIT_LISTEN ?? loopbackAddress(DEFAULT_LISTEN),
    exchangeUrl: AMBIT_EXCHANGE_URL as string,
    exchangeId: AMBIT_EXCHANGE_ID,
    gateway: AMBIT_GATEWAY_URL === undefined ? undefined : { url: AMBIT_GATEWAY_URL, spiffeId: AMBIT_GATEWAY_ID },
    inbound: AMBIT_INBOUND === undefined ? undefined : { ...AMBIT_INBOUND, gatewayId: AMBIT_GATEWAY_ID },
    live: AMBIT_LIVE,
    identity: socket === undefined ? { folder: folder as string } : { socket },
    token: AMBIT_COMPANION_TOKEN_FILE,
    telemetry: AMBIT_COLLECTOR === undefined ? undefined : { collector: AMBIT_COLLECTOR, spiffeId: AMBIT_COLLECTOR_ID },
    drainSeconds: AMBIT_DRAIN_SECONDS ?? DRAIN_SECONDS,
  };
}

function tried<T>(read: (value: string) => T, value: string, context: z.RefinementCtx): T {
  try {
    return read(value);
  } catch (error) {
    // The domain names the place first, and the message names the variable.
    const message = (error as Error).message.replace(/^environment: /, "");
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  }
}

function loopbackAddress(text: string): ListenAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const hostname = url?.hostname.replace(/^\[|\]$/g, "") ?? "";
  const loopback = hostname === "::1" || (isIP(hostname) === 4 && hostname.startsWith("127."));
  if (url?.protocol !== "http:" || url.href !== `${url.origin}/` || !loopback) {
    const must = "AMBIT_LISTEN must be http://<loopback address>:<port>";
    throw new Error(`${must}, got ${JSON.stringify(text)}: write ${DEFAULT_LISTEN}`);
  }
  return { hostname, port: url.port === "" ? 80 : Number(url.port) };
}

function podAddress(text: string): ListenAddress {
  const address = listenAddress(text);
  if (address === undefined) {
    throw new Error(`AMBIT_LIVE must be <IP address>:<port>, such as 0.0.0.0:7466, got ${JSON.stringify(text)}`);
  }
  return address;
}

function httpsAddress(variable: string): (text: string) => string {
  return (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.protocol !== "https:" || url.href !== `${url.origin}/`) {
      throw new Error(`${variable} must be https://<host>:<port>, got ${JSON.stringify(text)}`);
    }
    return url.origin;
  };
}

function spiffeId(variable: string): (text: string) => string {
  return (text) => `${SpiffeId.parse(text, "environment", variable)}`;
}

function absoluteFolder(path: string): string {
  if (!path.startsWith("/")) throw new Error(`AMBIT_SVID_FOLDER must be an absolute path, got ${JSON.stringify(path)}`);
  return path;
}

function collectorAddress(text: string): string {
  if (isCollector(text)) return text;
  const must = "AMBIT_COLLECTOR must be http://<host>:<port> of an OpenTelemetry collector";
  throw new Error(`${must}, got ${JSON.stringify(text)}`);
}

function drainSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^\d+$/.test(text) || seconds > MOST_DRAIN_SECONDS) {
    const must = `AMBIT_DRAIN_SECONDS must be whole seconds up to ${MOST_DRAIN_SECONDS}`;
    throw new Error(`${must}, got ${JSON.stringify(text)}`);
  }
  return seconds;
}
