import { hardened } from "../../platform/hardened";
import { ports, probe } from "../../platform/pods";
import type { TlsFiles } from "./opa-flags";

/** Where the driver of SPIFFE mounts the Workload API */
const WORKLOAD_API = "/spiffe-workload-api";
const FOLDER = "/run/ambit-opa/svid";
const FILES = { certificate: "svid.pem", key: "key.pem", authorities: "authorities.pem" };
const HEALTH_PORT = 8283;

interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

/** Files in which the pod's SVID is kept fresh, seen from every container that mounts them */
export const SVID_FILES: TlsFiles = {
  certificate: `${FOLDER}/${FILES.certificate}`,
  key: `${FOLDER}/${FILES.key}`,
  authorities: `${FOLDER}/${FILES.authorities}`,
};

export const SVID_MOUNT = { name: "opa-svid", mountPath: FOLDER };

/** In memory: a key does not touch the node's disk. */
export const SVID_VOLUMES = [
  { name: "opa-svid", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
  { name: "spiffe", csi: { driver: "csi.spiffe.io", readOnly: true } },
];

/** Configuration of spiffe-helper, in HCL's JSON form: the SVID of the pod's own trust domain, and no other. */
export function svidHelperConfig(): object {
  return {
    agent_address: `${WORKLOAD_API}/spire-agent.sock`,
    cert_dir: FOLDER,
    svid_file_name: FILES.certificate,
    svid_key_file_name: FILES.key,
    svid_bundle_file_name: FILES.authorities,
    include_federated_domains: false,
    health_checks: {
      listener_enabled: true,
      bind_port: HEALTH_PORT,
      liveness_path: "/live",
      readiness_path: "/ready",
    },
  };
}

/** The container that fetches the SVID once, as OPA does not start without it, and the one that renews it. */
export function svidHelpers(image: string, config: { readonly file: string; readonly mount: Mount }) {
  const container = (name: string, daemon: boolean) => ({
    ...hardened(name, image, { cpu: "20m", memory: "32Mi" }),
    args: ["-config", config.file, `-daemon-mode=${daemon}`],
    volumeMount: [config.mount, SVID_MOUNT, { name: "spiffe", mountPath: WORKLOAD_API, readOnly: true }],
  });
  return {
    once: container("svid", false),
    always: {
      ...container("svid-renewal", true),
      port: ports({ "svid-health": HEALTH_PORT }),
      livenessProbe: probe("/live", HEALTH_PORT, { first: 5, every: 30 }),
      readinessProbe: probe("/ready", HEALTH_PORT, { first: 1, every: 10 }),
    },
  };
}
