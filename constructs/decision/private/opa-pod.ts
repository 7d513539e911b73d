import type {
  DeploymentV1SpecTemplateSpecContainer,
  DeploymentV1SpecTemplateSpecVolume,
} from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { hardened, type Resources, variables } from "../../platform/hardened";
import { alive, ports, probe } from "../../platform/pods";
import { webIdentity } from "../../platform/web-identity";
import { opaFlags, type OpaListener } from "./opa-flags";
import { SVID } from "./svid-files";

export const OPA_CONTAINER = "opa";

/** Name of the ConfigMap with OPA's files, and of the one with its bundle where no bucket holds it */
export const CONFIG = "ambit-opa";
export const MOUNTED_BUNDLE = "ambit-opa-bundle";

/** Files of that ConfigMap, by what they are */
export const FILE = {
  config: "config.json",
  authz: "authz.rego",
  clients: "clients.json",
  helper: "helper.json",
  bundle: "bundle.tar.gz",
} as const;

export const FOLDER = {
  config: "/etc/ambit-opa",
  bundle: "/etc/ambit-opa-bundle",
  persistence: "/var/lib/ambit-opa",
  socket: "/run/ambit-opa/socket",
  token: "/var/run/secrets/ambit-opa",
} as const;

export const OPA_SOCKET = `${FOLDER.socket}/opa.sock`;
export const OPA_PORT = { decisions: 8181, diagnostics: 8282 } as const;

export const CONFIG_MOUNT = { name: "opa-config", mountPath: FOLDER.config, readOnly: true };
export const SOCKET_MOUNT = { name: "opa-socket", mountPath: FOLDER.socket };
const BUNDLE_MOUNT = { name: "opa-bundle", mountPath: FOLDER.bundle, readOnly: true };
const PERSISTENCE_MOUNT = { name: "opa-persistence", mountPath: FOLDER.persistence };

export interface OpaPodProps {
  readonly image: string;
  readonly placement: "deployment" | "sidecar";
  readonly resources: Resources;
  /** The role by which it fetches its bundle; without one, the bundle is mounted */
  readonly role?: { readonly arn: string; readonly region: string };
}

const LISTENERS: Readonly<Record<OpaPodProps["placement"], OpaListener>> = {
  sidecar: { socket: OPA_SOCKET },
  deployment: {
    port: OPA_PORT.decisions,
    tls: SVID.files,
    authz: [`${FOLDER.config}/${FILE.authz}`, `${FOLDER.config}/${FILE.clients}`],
  },
};

/** The container of OPA. */
export function opaContainer({
  image,
  placement,
  resources,
  role,
}: OpaPodProps): DeploymentV1SpecTemplateSpecContainer {
  const { decisions, diagnostics } = OPA_PORT;
  const identity = role === undefined ? undefined : identityOf(role);
  return {
    ...hardened(OPA_CONTAINER, image, resources),
    args: [...opaArguments(placement)],
    ...(identity === undefined ? {} : { env: variables(identity.environment) }),
    port: ports({ ...(placement === "deployment" ? { decisions } : {}), "opa-health": diagnostics }),
    // Ready once a bundle is active: until then every decision is undefined.
    readinessProbe: probe("/health?bundles", diagnostics, { first: 1, every: 5 }),
    livenessProbe: alive("/health", diagnostics, { first: 10 }),
    volumeMount: [
      CONFIG_MOUNT,
      placement === "deployment" ? { ...SVID.mount, readOnly: true } : SOCKET_MOUNT,
      ...(identity === undefined ? [BUNDLE_MOUNT] : [PERSISTENCE_MOUNT, identity.mount]),
    ],
  };
}

/** Arguments of OPA in pods of its own, or beside the authorizer */
export function opaArguments(placement: OpaPodProps["placement"]): readonly string[] {
  return opaFlags({
    config: `${FOLDER.config}/${FILE.config}`,
    listener: LISTENERS[placement],
    diagnosticPort: OPA_PORT.diagnostics,
  });
}

function identityOf(role: NonNullable<OpaPodProps["role"]>) {
  return webIdentity({ volume: "opa-token", folder: FOLDER.token, role });
}

/** Volumes of that container, except those of the SVID. */
export function opaVolumes({ placement, role }: OpaPodProps): readonly DeploymentV1SpecTemplateSpecVolume[] {
  return [
    { name: CONFIG_MOUNT.name, configMap: { name: CONFIG } },
    ...(placement === "deployment"
      ? []
      : [{ name: SOCKET_MOUNT.name, emptyDir: { medium: "Memory", sizeLimit: "1Mi" } }]),
    ...(role === undefined
      ? [{ name: BUNDLE_MOUNT.name, configMap: { name: MOUNTED_BUNDLE } }]
      : [{ name: PERSISTENCE_MOUNT.name, emptyDir: { sizeLimit: "256Mi" } }, identityOf(role).volume]),
  ];
}
