import type {
  DeploymentV1SpecTemplateSpecContainer,
  DeploymentV1SpecTemplateSpecVolume,
} from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { CONTROL_PORTS } from "../../platform/control-plane";
import { hardened, type Resources, variables } from "../../platform/hardened";
import { CONTROL_ACCOUNT } from "../../platform/names";
import type { Platform } from "../../platform/platform";
import { alive, ports, probe } from "../../platform/pods";
import { webIdentity } from "../../platform/web-identity";
import { AUTHORIZER, ENVOY } from "../gateway-processes";
import { LIVE_PATH } from "./envoy-live";
import { FOLDER, LIVE_PORT, POD_PORT, USERS_PORT, WORKLOAD_API } from "./gateway-files";

export interface GatewayPodProps {
  readonly images: { readonly envoy: string; readonly authorizer: string };
  readonly resources: { readonly envoy: Resources; readonly authorizer: Resources };
  readonly platform: Platform;
  /** Name of the secret with the certificate for users; undefined if they do not come in */
  readonly usersSecret?: string | undefined;
  /** Where OPA decides in place of Cedar */
  readonly opa?:
    | {
        readonly container: DeploymentV1SpecTemplateSpecContainer;
        readonly volumes: readonly DeploymentV1SpecTemplateSpecVolume[];
        readonly socketMount: { readonly name: string; readonly mountPath: string };
      }
    | undefined;
}

const SVID = { name: "spiffe", mountPath: WORKLOAD_API, readOnly: true };
const CONFIG = { name: "gateway-config", mountPath: FOLDER.config, readOnly: true };
const SOCKETS = { name: "gateway-sockets", mountPath: FOLDER.sockets };
const USERS = { name: "gateway-users", mountPath: FOLDER.users, readOnly: true };

/** Envoy would end at once, and the authorizer before it: each waits until the pod is out of service. */
const DRAINED = { preStop: [{ httpGet: { path: "/drain", port: String(POD_PORT) } }] };

/** Containers and their volumes: Envoy, the authorizer that it asks over a socket of the pod, and OPA where the authorizer asks that */
export function gatewayPod({ images, resources, platform, usersSecret, opa }: GatewayPodProps): {
  readonly containers: readonly DeploymentV1SpecTemplateSpecContainer[];
  readonly volumes: readonly DeploymentV1SpecTemplateSpecVolume[];
} {
  const identity = webIdentity({
    volume: "gateway-token",
    folder: FOLDER.token,
    role: { arn: platform.gatewayRoleArn, region: platform.region },
  });
  const environment = { ...AUTHORIZER.env, ...identity.environment };
  const authorizer: DeploymentV1SpecTemplateSpecContainer = {
    ...hardened(AUTHORIZER.container, images.authorizer, resources.authorizer),
    env: variables(environment),
    port: ports({ pod: POD_PORT }),
    // Of the whole pod: Envoy's administration is asked too.
    readinessProbe: probe("/ready", POD_PORT, { first: 1, every: 5 }),
    livenessProbe: alive("/live", POD_PORT, { first: 10 }),
    lifecycle: DRAINED,
    volumeMount: [CONFIG, SVID, SOCKETS, identity.mount, ...(opa ? [opa.socketMount] : [])],
  };
  const envoy: DeploymentV1SpecTemplateSpecContainer = {
    ...hardened(ENVOY.container, images.envoy, resources.envoy),
    args: [...ENVOY.args],
    port: ports({
      calls: CONTROL_PORTS.gateway,
      ...(usersSecret !== undefined && { users: USERS_PORT }),
      live: LIVE_PORT,
    }),
    livenessProbe: alive(LIVE_PATH, LIVE_PORT, { first: 30 }),
    lifecycle: DRAINED,
    volumeMount: [CONFIG, SVID, SOCKETS, ...(usersSecret === undefined ? [] : [USERS])],
  };
  return {
    // It decides until the pod is out of service.
    containers: [envoy, authorizer, ...(opa ? [{ ...opa.container, lifecycle: DRAINED }] : [])],
    volumes: [
      { name: "gateway-config", configMap: { name: CONTROL_ACCOUNT.gateway } },
      { name: "gateway-sockets", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
      { name: "spiffe", csi: { driver: "csi.spiffe.io", readOnly: true } },
      identity.volume,
      ...(usersSecret === undefined
        ? []
        : [{ name: USERS.name, secret: { secretName: usersSecret, defaultMode: "0440" } }]),
      ...(opa?.volumes ?? []),
    ],
  };
}
