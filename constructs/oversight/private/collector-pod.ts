import type {
  DeploymentV1SpecTemplateSpecContainer,
  DeploymentV1SpecTemplateSpecVolume,
} from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { COLLECTOR_PORTS } from "../../platform/control-plane";
import { hardened, type Resources, variables } from "../../platform/hardened";
import { CONTROL_ACCOUNT } from "../../platform/names";
import type { Platform } from "../../platform/platform";
import { alive, ports, probe } from "../../platform/pods";
import { svidFiles } from "../../platform/svid-files";
import { webIdentity } from "../../platform/web-identity";
import { COLLECTOR } from "../collector-process";
import { FILE, FOLDER } from "./collector-files";

/** Of the collector */
export const SVID = svidFiles("collector");

const CONFIG = { name: "collector-config", mountPath: FOLDER.config, readOnly: true };

export interface CollectorPodProps {
  readonly images: { readonly collector: string; readonly helper: string };
  readonly resources: Resources;
  readonly platform: Platform;
}

/** Containers of a pod of the collector, and their volumes */
export function collectorPod({ images, resources, platform }: CollectorPodProps): {
  readonly initContainers: readonly DeploymentV1SpecTemplateSpecContainer[];
  readonly containers: readonly DeploymentV1SpecTemplateSpecContainer[];
  readonly volumes: readonly DeploymentV1SpecTemplateSpecVolume[];
} {
  const identity = webIdentity({
    volume: "collector-token",
    folder: FOLDER.token,
    role: { arn: platform.collectorRoleArn, region: platform.region },
  });
  const helpers = SVID.helpers(images.helper, { file: `${FOLDER.config}/${FILE.helper}`, mount: CONFIG });
  const { control, agents, health } = COLLECTOR_PORTS;
  const collector: DeploymentV1SpecTemplateSpecContainer = {
    ...hardened(COLLECTOR.container, images.collector, resources),
    args: [...COLLECTOR.args],
    env: variables({ ...COLLECTOR.env, ...identity.environment }),
    port: ports({ control, agents, health }),
    readinessProbe: probe("/", health, { first: 1, every: 5 }),
    livenessProbe: alive("/", health, { first: 10 }),
    volumeMount: [CONFIG, { ...SVID.mount, readOnly: true }, identity.mount],
  };
  return {
    initContainers: [helpers.once],
    containers: [collector, helpers.always],
    volumes: [{ name: CONFIG.name, configMap: { name: CONTROL_ACCOUNT.collector } }, identity.volume, ...SVID.volumes],
  };
}
