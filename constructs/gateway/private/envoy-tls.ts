import { pipeCluster } from "./envoy-pipe";

/** Where Envoy has its SVID and the trust bundle from */
export type Identity =
  /** Path of the socket of SPIRE's agent */
  | { readonly workloadApi: string }
  /** Paths of files in the form of Envoy's secret discovery, which are read again when they are replaced */
  | { readonly files: { readonly svid: string; readonly bundle: string } };

/** The gateway itself */
export interface Workload {
  readonly trustDomain: string;
  readonly spiffeId: string;
  readonly identity: Identity;
}

const SPIRE = "spire";

/** TLS 1.3, with workloads of the trust domain alone. No session goes on without its certificate. */
export function downstreamTls(workload: Workload): object {
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
      require_client_certificate: true,
      disable_stateless_session_resumption: true,
      disable_stateful_session_resumption: true,
      common_tls_context: { ...mutual(workload), alpn_protocols: ["h2", "http/1.1"] },
    },
  };
}

/** @param peer the only SPIFFE ID that is taken; any of the trust domain where it is left out */
function mutual({ trustDomain, spiffeId, identity }: Workload, peer?: string): object {
  const matcher = peer === undefined ? { prefix: `spiffe://${trustDomain}/` } : { exact: peer };
  return {
    tls_params: { tls_minimum_protocol_version: "TLSv1_3", tls_maximum_protocol_version: "TLSv1_3" },
    tls_certificate_sds_secret_configs: [secret(identity, spiffeId, "svid")],
    combined_validation_context: {
      default_validation_context: {
        match_typed_subject_alt_names: [{ san_type: "URI", matcher }],
        max_verify_depth: 3,
      },
      validation_context_sds_secret_config: secret(identity, `spiffe://${trustDomain}`, "bundle"),
    },
  };
}

/**
 * TLS 1.3 as the gateway, with workloads of the trust domain alone.
 *
 * @param peer its SPIFFE ID; left out if each request says by itself which one it must be (envoy-agents.ts)
 */
export function upstreamTls({ trustDomain, spiffeId, identity }: Workload, peer?: string): object {
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
      // A session that goes on shows no certificate.
      max_session_keys: 0,
      common_tls_context: { ...mutual({ trustDomain, spiffeId, identity }, peer), alpn_protocols: ["http/1.1"] },
    },
  };
}

export function workloadApiClusters(identity: Identity): readonly object[] {
  return "files" in identity ? [] : [pipeCluster(SPIRE, identity.workloadApi)];
}

/** By Envoy's secret discovery, which SPIRE's agent serves: it follows each rotation without a restart. */
function secret(identity: Identity, name: string, kind: "bundle" | "svid"): object {
  if ("files" in identity) {
    return { name, sds_config: { resource_api_version: "V3", path_config_source: { path: identity.files[kind] } } };
  }
  return {
    name,
    sds_config: {
      resource_api_version: "V3",
      api_config_source: {
        api_type: "GRPC",
        transport_api_version: "V3",
        grpc_services: [{ envoy_grpc: { cluster_name: SPIRE } }],
        set_node_on_first_message_only: true,
      },
    },
  };
}
