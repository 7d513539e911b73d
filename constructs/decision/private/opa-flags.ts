import type { TlsFiles } from "../../platform/svid-files";

/** Where OPA answers questions */
export type OpaListener =
  /** On a Unix socket that containers of the same pod and user may open, and on no network */
  | { readonly socket: string }
  /** On the network, to those alone whose certificate of the trust domain the policy `system.authz` admits */
  | { readonly port: number; readonly tls: TlsFiles; readonly authz: readonly string[] };

export interface OpaFlagsProps {
  readonly config: string;
  readonly listener: OpaListener;
  /** Port for probes and metrics, and for nothing else */
  readonly diagnosticPort: number;
}

/** Arguments of OPA. With these it calls only its bundle server, and logs no request. */
export function opaFlags({ config, listener, diagnosticPort }: OpaFlagsProps): readonly string[] {
  return [
    "run",
    "--server",
    `--config-file=${config}`,
    // With its scheme: a kubelet has no certificate, and OPA would demand one here too.
    `--diagnostic-addr=http://0.0.0.0:${diagnosticPort}`,
    // From `debug` on, whole requests are logged.
    "--log-level=info",
    "--log-format=json",
    "--skip-version-check",
    ...("socket" in listener ? onSocket(listener.socket) : onNetwork(listener)),
  ];
}

function onSocket(socket: string): readonly string[] {
  return [
    `--addr=unix://${socket}`,
    "--unix-socket-perm=600",
    // A decision is in the decision log already: requests are logged at `debug`, which is off.
    "--log-level-request=debug",
  ];
}

function onNetwork({ port, tls, authz }: Extract<OpaListener, { readonly port: number }>): readonly string[] {
  return [
    `--addr=https://0.0.0.0:${port}`,
    `--tls-cert-file=${tls.certificate}`,
    `--tls-private-key-file=${tls.key}`,
    `--tls-ca-cert-file=${tls.authorities}`,
    // Without it the files are read once, and the certificate of an hour ends.
    "--tls-cert-refresh-period=1m",
    "--min-tls-version=1.3",
    "--authentication=tls",
    "--authorization=basic",
    // So that the load balancing stops before the server does.
    "--shutdown-wait-period=5",
    ...authz,
  ];
}
