import { secretNames } from "../../../constructs/gateway/local-envoy";
import type { DevelopmentFiles } from "../development-files";

const SECRET = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

/** Tells Envoy, in the form of its secret discovery, where its SVID and the bundle are, and to follow when they are renewed. */
export function envoySecrets(files: DevelopmentFiles, workload: string, trustDomain: string) {
  const names = secretNames(trustDomain);
  const watched_directory = { path: files.path("svid") };
  const [chain, key] = [{ filename: files.certificate(workload) }, { filename: files.key(workload) }];
  const written = (file: string, secret: object): string =>
    files.write(file, JSON.stringify({ resources: [{ "@type": SECRET, ...secret }] }));
  return {
    svid: written("envoy-svid.json", {
      name: names.svid,
      tls_certificate: { certificate_chain: chain, private_key: key, watched_directory },
    }),
    bundle: written("envoy-bundle.json", {
      name: names.bundle,
      validation_context: { trusted_ca: { filename: files.bundle } },
    }),
  };
}
