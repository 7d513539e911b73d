import { refuse, shown } from "../../../domain";
import type { JsonObject } from "./json";
import { AGENT, OIDC } from "./paths";
import { withSettings } from "./settings";

export interface OidcConfigProps {
  readonly trustDomain: string;
  /** https address that JWT-SVIDs name as their issuer */
  readonly issuer: string;
  /** Host names under which the provider answers; others are turned away */
  readonly domains: readonly string[];
  readonly settings?: JsonObject | undefined;
}

/**
 * Configuration of SPIRE's OIDC discovery provider in HCL's JSON form.
 *
 * @throws DeclarationError `spire.issuer-mismatch` where the issuer's host is not among the domains.
 */
export function oidcConfig(props: OidcConfigProps, where: string): JsonObject {
  const { host, pathname } = new URL(props.issuer);
  if (!props.domains.includes(host)) {
    const sentence = `the platform's issuer is at ${shown(host)}, which is not among domains ${shown(props.domains)}`;
    refuse("spire.issuer-mismatch", where, `${sentence}: add it, as who verifies a JWT-SVID asks the issuer it names`);
  }
  if (pathname !== "/") {
    const sentence = `issuer must have no path for the discovery provider, got ${shown(props.issuer)}`;
    refuse("spire.issuer-mismatch", where, `${sentence}: give it a host of its own`);
  }
  const config: JsonObject = {
    log_level: "info",
    log_format: "json",
    domains: props.domains,
    jwt_issuer: props.issuer,
    jwks_uri: `${props.issuer}/keys`,
    set_key_use: true,
    serving_cert_file: [
      {
        cert_file_path: `${OIDC.tls}/tls.crt`,
        key_file_path: `${OIDC.tls}/tls.key`,
        addr: `:${OIDC.ports.https}`,
        file_sync_interval: "1m",
      },
    ],
    workload_api: [
      { socket_path: `${OIDC.workloadApi}/${AGENT.socketName}`, trust_domain: props.trustDomain, poll_interval: "10s" },
    ],
    health_checks: [{ bind_port: OIDC.ports.health, live_path: "/live", ready_path: "/ready" }],
  };
  return withSettings(config, props.settings, where);
}
