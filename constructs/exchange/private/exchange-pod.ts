import type {
  DeploymentV1SpecTemplateSpecContainer,
  DeploymentV1SpecTemplateSpecVolume,
} from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { CONTROL_PORTS } from "../../platform/control-plane";
import { hardened, type Resources, variables } from "../../platform/hardened";
import { CONTROL_ACCOUNT } from "../../platform/names";
import type { Platform } from "../../platform/platform";
import { alive, ports, probe, started } from "../../platform/pods";
import { webIdentity } from "../../platform/web-identity";
import { EXCHANGE } from "../exchange-processes";
import { FOLDER, PAGE_PORT, WORKLOAD_API } from "./exchange-config";

export interface ExchangePodProps {
  readonly image: string;
  readonly resources: Resources;
  readonly platform: Platform;
  /** Name of the secret with the certificate of the approvers' page; undefined if it is not served */
  readonly pageSecret: string | undefined;
}

/** Container and volumes of the exchange. */
export function exchangePod({ image, resources, platform, pageSecret }: ExchangePodProps): {
  readonly container: DeploymentV1SpecTemplateSpecContainer;
  readonly volumes: readonly DeploymentV1SpecTemplateSpecVolume[];
} {
  const identity = webIdentity({
    volume: "exchange-token",
    folder: FOLDER.token,
    role: { arn: platform.exchangeRoleArn, region: platform.region },
  });
  const port = CONTROL_PORTS.exchange;
  const environment = { ...EXCHANGE.env, ...identity.environment };
  return {
    container: {
      ...hardened(EXCHANGE.container, image, resources),
      env: variables(environment),
      port: ports({ tokens: port, ...(pageSecret !== undefined && { page: PAGE_PORT }) }),
      // The kubelet has no SVID: these paths need no client certificate, and say only whether the pod is healthy.
      startupProbe: https(started("/live", port)),
      readinessProbe: https(probe("/ready", port, { first: 0, every: 5 })),
      livenessProbe: https(alive("/live", port, { first: 0 })),
      volumeMount: [
        { name: "exchange-config", mountPath: FOLDER.config, readOnly: true },
        { name: "spiffe", mountPath: WORKLOAD_API, readOnly: true },
        identity.mount,
        ...(pageSecret === undefined ? [] : [{ name: "approver-page", mountPath: FOLDER.page, readOnly: true }]),
      ],
    },
    volumes: [
      { name: "exchange-config", configMap: { name: CONTROL_ACCOUNT.exchange } },
      { name: "spiffe", csi: { driver: "csi.spiffe.io", readOnly: true } },
      identity.volume,
      ...(pageSecret === undefined
        ? []
        : [{ name: "approver-page", secret: { secretName: pageSecret, defaultMode: "0440" } }]),
    ],
  };
}

function https(answered: ReturnType<typeof probe>) {
  return { ...answered, httpGet: { ...answered.httpGet, scheme: "HTTPS" } };
}
