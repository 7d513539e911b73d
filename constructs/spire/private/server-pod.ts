import { hardened, RESTRICTED_POD, variables } from "../../platform/hardened";
import { SPIRE_ACCOUNT, SPIRE_NAMESPACE } from "../../platform/names";
import { ports, probe, spread } from "../../platform/pods";
import { SPIRE_SERVER } from "../spire-processes";
import type { SpireControllerManager } from "../spire-controller-manager";
import type { SpireServerProps, SpireServerSize } from "../spire-server-props";
import { GRPC_VARIABLES } from "./grpc-variables";
import { SERVER } from "./paths";
import { componentLabels } from "./pods";

export const NAME = "spire-server";
export const NAMESPACE = SPIRE_NAMESPACE.server;
export const ACCOUNT = { name: SPIRE_ACCOUNT.server, namespace: NAMESPACE };
export const LABELS_OF_SERVER = componentLabels(NAME);

/** Where each file of the server's ConfigMap is mounted, by which volume */
const PLACES: Readonly<Record<string, { readonly name: string; readonly mountPath: string }>> = {
  "server.conf": { name: "config", mountPath: SERVER.config },
  "ca.pem": { name: "database-ca", mountPath: SERVER.databaseCa },
  "policy.json": { name: "key-policy", mountPath: SERVER.keyPolicy },
};

function placesOf(files: Parts["files"]) {
  return Object.entries(PLACES).filter(([file]) => Object.hasOwn(files, file));
}

interface Parts {
  /** Texts of the server's ConfigMap, by file */
  readonly files: Readonly<Record<string, string>>;
  readonly image: string;
  readonly digest: string;
  readonly manager: SpireControllerManager;
}

/** The servers, each with a controller manager beside it. */
export function statefulSet(props: SpireServerProps, size: SpireServerSize, parts: Parts) {
  const { files, digest, manager } = parts;
  const volumes = [
    ...placesOf(files).map(([file, { name }]) => ({
      name,
      configMap: { name: NAME, items: [{ key: file, path: file }] },
    })),
    { name: "server-socket", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
    { name: "server-tmp", emptyDir: { sizeLimit: "16Mi" } },
    ...optionalVolumes(props),
    ...manager.volumes,
  ];
  return {
    metadata: { name: NAME, namespace: NAMESPACE, labels: { ...LABELS_OF_SERVER } },
    waitForRollout: true,
    timeouts: { create: "20m", update: "30m" },
    spec: {
      serviceName: NAME,
      replicas: String(size.replicas),
      selector: { matchLabels: { ...LABELS_OF_SERVER } },
      updateStrategy: [{ type: "RollingUpdate", rollingUpdate: [{ partition: 0 }] }],
      template: {
        metadata: { labels: { ...LABELS_OF_SERVER }, annotations: { "ambit.internal/config": digest } },
        spec: {
          ...RESTRICTED_POD,
          // It reviews the tokens of agents, so it needs the API server.
          automountServiceAccountToken: true,
          serviceAccountName: ACCOUNT.name,
          priorityClassName: "system-cluster-critical",
          // The audit log names the process that called the admin socket, so the server must see its neighbour's.
          shareProcessNamespace: true,
          terminationGracePeriodSeconds: 30,
          topologySpreadConstraint: spread(LABELS_OF_SERVER),
          container: [serverContainer(props, size, parts), manager.container],
          volume: volumes,
        },
      },
      volumeClaimTemplate: [
        {
          metadata: { name: "data" },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
        },
      ],
    },
  };
}

function optionalVolumes({ upstreamAuthority, bundleEndpoint }: SpireServerProps) {
  return [
    ...(upstreamAuthority?.csiDriver === undefined
      ? []
      : [{ name: "upstream", csi: { driver: upstreamAuthority.csiDriver, readOnly: true } }]),
    ...(bundleEndpoint?.profile === "https_web"
      ? [{ name: "bundle-endpoint", secret: { secretName: bundleEndpoint.secretName, defaultMode: "0440" } }]
      : []),
  ];
}

function serverContainer(props: SpireServerProps, size: SpireServerSize, { files, image }: Parts) {
  const mount = (name: string, mountPath: string) => ({ name, mountPath, readOnly: true });
  const { grpc, health, federation, metrics } = SERVER.ports;
  return {
    ...hardened(NAME, image, { cpu: size.cpu, memory: size.memory }),
    args: [...SPIRE_SERVER.args],
    env: variables(GRPC_VARIABLES),
    port: ports({
      grpc,
      healthz: health,
      prom: metrics,
      ...(props.bundleEndpoint === undefined ? {} : { federation }),
    }),
    // The database's schema is brought up to date before the first answer.
    startupProbe: { ...probe("/live", health, { first: 5, every: 5 }), failureThreshold: 60 },
    livenessProbe: probe("/live", health, { first: 15, every: 60 }),
    readinessProbe: probe("/ready", health, { first: 5, every: 5 }),
    volumeMount: [
      ...placesOf(files).map(([, { name, mountPath }]) => mount(name, mountPath)),
      ...(props.upstreamAuthority?.csiDriver === undefined ? [] : [mount("upstream", SERVER.upstreamSocket)]),
      ...(props.bundleEndpoint?.profile === "https_web" ? [mount("bundle-endpoint", SERVER.endpointTls)] : []),
      { name: "data", mountPath: SERVER.data },
      { name: "server-socket", mountPath: SERVER.socket },
      { name: "server-tmp", mountPath: "/tmp" },
    ],
  };
}
