import { chosenAddressCluster } from "./envoy-chosen-address";

export const TOOL_CLUSTER = "tools";

export interface Upstream {
  /** Path of the authorities in PEM that tools' certificates are verified with */
  readonly authorities: string;
}

/** All tools' hosts: no name is looked up here, and the host must show a certificate for the name that the route names. */
export function toolCluster({ authorities }: Upstream): object {
  return chosenAddressCluster({
    name: TOOL_CLUSTER,
    tls: {
      name: "envoy.transport_sockets.tls",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
        common_tls_context: {
          tls_params: { tls_minimum_protocol_version: "TLSv1_2" },
          validation_context: { trusted_ca: { filename: authorities } },
        },
      },
    },
    // The name that the route names, in the greeting and in the certificate.
    http: { upstream_http_protocol_options: { auto_sni: true, auto_san_validation: true } },
  });
}
