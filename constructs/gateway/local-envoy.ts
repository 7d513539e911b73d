import type { Fleet } from "../../domain";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "../platform/names";
import { envoyJson } from "./private/envoy-config";
import { ENVOY_VERSION, isTaken, OLDEST_ENVOY } from "./private/gateway-checks";
import { type EnvoyUsers, usersSecret } from "./private/envoy-users";
import { envoyTools, serves } from "./private/gateway-files";

export { MOST_BODY_BYTES, MOST_HEADER_KILOBYTES, MOST_MESSAGE_BYTES } from "./private/envoy-limits";
export { refusalBody } from "./private/envoy-routes";
export { ENVOY_VERSION, usersSecret };

export interface LocalEnvoyProps {
  /** Name of the trust domain */
  readonly trustDomain: string;
  readonly fleet: Fleet;
  readonly listen: { readonly address: string; readonly port: number };
  /** Paths of files in the form of Envoy's secret discovery: the gateway's SVID, and the trust bundle */
  readonly identity: { readonly svid: string; readonly bundle: string };
  /** Paths of Unix sockets */
  readonly sockets: { readonly authorizer: string; readonly admin: string };
  /** Path of the authorities in PEM that tools' certificates are verified with */
  readonly authorities: string;
  /** Of the exchange */
  readonly issuer: string;
  /**
   * Where users come in, and path of the certificate of that listener, see {@link usersSecret}.
   *
   * @default - there is no listener for users
   */
  readonly users?: Pick<EnvoyUsers, "certificate" | "listen">;
}

/** One person on one machine, and no page of a browser */
const OF_DEVELOPMENT = { origins: [], requestsPerSecond: 1_000 } as const;

/** The configuration of {@link ToolGateway} for Envoy on one machine, where files take the place of the Workload API */
export function localEnvoyFile({ fleet, identity, issuer, users, ...props }: LocalEnvoyProps): string {
  const { address, port } = props.listen;
  return envoyJson({
    ...props,
    spiffeId: gatewayId(props.trustDomain),
    tools: envoyTools(fleet),
    serves: serves(fleet),
    users: users && { ...OF_DEVELOPMENT, ...users },
    resources: { address: `https://${address}:${port}`, issuer },
    identity: { files: identity },
  });
}

/** SPIFFE ID of the gateway */
export function gatewayId(trustDomain: string): string {
  return `spiffe://${trustDomain}/ns/${CONTROL_NAMESPACE}/sa/${CONTROL_ACCOUNT.gateway}`;
}

/** How Envoy names the secrets of `identity` */
export function secretNames(trustDomain: string): { readonly svid: string; readonly bundle: string } {
  return { svid: gatewayId(trustDomain), bundle: `spiffe://${trustDomain}` };
}

export function localEnvoyArguments(config: string): readonly string[] {
  return ["--config-path", config, "--disable-hot-restart", "--concurrency", "1", "--log-level", "warning"];
}

/** Why the gateway refuses a release of Envoy, such as `1.40.0`; undefined if it accepts it */
export function refusedEnvoy(version: string): string | undefined {
  const [major = NaN, minor = NaN] = version.split(".").map(Number);
  if (isTaken(major, minor)) return undefined;
  return `must be Envoy ${OLDEST_ENVOY.join(".")} or a later release of ${OLDEST_ENVOY[0]}, got ${version}`;
}
