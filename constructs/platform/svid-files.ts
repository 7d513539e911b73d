import { hardened } from "./hardened";
import { ports, probe } from "./pods";
import type { Process } from "./process";

/** Where the driver of SPIFFE mounts the Workload API */
const WORKLOAD_API = "/spiffe-workload-api";
const FILES = { certificate: "svid.pem", key: "key.pem", authorities: "authorities.pem" };
const HEALTH_PORT = 8283;

/** Paths of files that are kept fresh */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  /** The authorities of the trust domain */
  readonly authorities: string;
}

/** Where a volume is seen in a container */
export interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

/**
 * Files in which spiffe-helper keeps a pod's SVID fresh, for a program without Workload API support
 *
 * @param program name of its folder and volume, such as `opa`
 */
export function svidFiles(program: string) {
  const folder = `/run/ambit-${program}/svid`;
  const mount = { name: `${program}-svid`, mountPath: folder };
  const path = (name: string): string => `${folder}/${name}`;
  const files: TlsFiles = {
    certificate: path(FILES.certificate),
    key: path(FILES.key),
    authorities: path(FILES.authorities),
  };
  return {
    /** Seen from every container that mounts them */
    files,
    mount,
    /** In memory: a key does not touch the node's disk. */
    volumes: [
      { name: mount.name, emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
      { name: "spiffe", csi: { driver: "csi.spiffe.io", readOnly: true } },
    ],
    config: () => helperConfig(folder),
    helpers: (image: string, config: { readonly file: string; readonly mount: Mount }) => helpers(image, mount, config),
  };
}

/** Configuration of spiffe-helper, in HCL's JSON form: the SVID of the pod's own trust domain, and no other. */
function helperConfig(folder: string): object {
  return {
    agent_address: `${WORKLOAD_API}/spire-agent.sock`,
    cert_dir: folder,
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

interface Helper {
  readonly name: string;
  readonly daemon: boolean;
}

const HELPERS = {
  once: { name: "svid", daemon: false },
  always: { name: "svid-renewal", daemon: true },
} as const satisfies Record<string, Helper>;

function argumentsOf(file: string, daemon: boolean): readonly string[] {
  return ["-config", file, `-daemon-mode=${daemon}`];
}

/** What those containers run, with their configuration in a file of this ConfigMap */
export function svidProcesses(config: Process["config"], file: string): Readonly<Record<"once" | "always", Process>> {
  const process = ({ name, daemon }: Helper): Process => ({
    container: name,
    args: argumentsOf(`${config.folder}/${file}`, daemon),
    env: {},
    config,
  });
  return { once: process(HELPERS.once), always: process(HELPERS.always) };
}

/** The container that fetches the SVID once, as the program does not start without it, and the one that renews it. */
function helpers(image: string, svid: Mount, config: { readonly file: string; readonly mount: Mount }) {
  const container = ({ name, daemon }: Helper) => ({
    ...hardened(name, image, { cpu: "20m", memory: "32Mi" }),
    args: [...argumentsOf(config.file, daemon)],
    volumeMount: [config.mount, svid, { name: "spiffe", mountPath: WORKLOAD_API, readOnly: true }],
  });
  return {
    once: container(HELPERS.once),
    always: {
      ...container(HELPERS.always),
      port: ports({ "svid-health": HEALTH_PORT }),
      livenessProbe: probe("/live", HEALTH_PORT, { first: 5, every: 30 }),
      readinessProbe: probe("/ready", HEALTH_PORT, { first: 1, every: 10 }),
    },
  };
}
