import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { DaemonSetV1 } from "@cdktf/provider-kubernetes/lib/daemon-set-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { refuse, shown } from "../../domain";
import { digestOf } from "../platform/digest";
import { hardened, type Resources } from "../platform/hardened";
import { SPIRE_ACCOUNT, SPIRE_NAMESPACE } from "../platform/names";
import { fromMonitoring, podsIn, ranges, tcp, toDns } from "../platform/peers";
import { ports, probe } from "../platform/pods";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import { spireImage } from "./images";
import { agentConfig } from "./private/agent-config";
import { configText, type JsonObject } from "./private/json";
import type { LogLevel } from "./private/log-level";
import { AGENT, BUNDLE, PSAT_AUDIENCE, SERVER } from "./private/paths";
import { componentLabels, NODE_POD } from "./private/pods";
import { Rights } from "./private/rights";
import { SPIRE_AGENT } from "./spire-processes";

const NAME = SPIRE_ACCOUNT.agent;
const NAMESPACE = SPIRE_NAMESPACE.system;
const LABELS_OF_AGENT = componentLabels(NAME);
const KUBELET_PORT = 10250;

/** Where the kubelet's address comes from; its certificate must name the same */
const KUBELET_FIELDS: Readonly<Record<KubeletAddress, string>> = {
  "host-ip": "status.hostIP",
  "node-name": "spec.nodeName",
};

/** How the agent names the kubelet of its node: by the node's address, or by its name */
export type KubeletAddress = "host-ip" | "node-name";

export interface SpireAgentProps {
  readonly server: {
    readonly address: string;
    readonly port: number;
    readonly ready: readonly ITerraformDependable[];
  };

  /**
   * What the certificates of the kubelets are made out to.
   *
   * @default "host-ip"
   */
  readonly kubeletAddress?: KubeletAddress;

  /**
   * CPU and memory of each agent.
   *
   * @default - 200m CPU, 256Mi memory
   */
  readonly resources?: Resources;

  /**
   * Least that is logged.
   *
   * @default "info"
   */
  readonly logLevel?: LogLevel;

  /**
   * Further settings of SPIRE, added to agent.conf. Settings that Ambit makes and unsafe settings are refused.
   *
   * @default - none
   */
  readonly settings?: JsonObject;
}

/**
 * The SPIRE agent on every node: it asks the kubelet which pod a process belongs to, and gives it the SVIDs of that pod.
 *
 * It checks the kubelet's certificate, which the hardened chart leaves out. Its keys are in memory: one that starts again
 * attests again.
 */
export class SpireAgent extends Construct {
  /** What must be applied before; its pods are then scheduled on every node, and need not be ready */
  public readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: SpireAgentProps) {
    super(scope, id);
    const where = `[${this.node.path}]`;
    const platform = platformOf(this);
    const kubeletAddress = props.kubeletAddress ?? "host-ip";
    if (!Object.hasOwn(KUBELET_FIELDS, kubeletAddress)) {
      const what = `kubeletAddress must be ${Object.keys(KUBELET_FIELDS).map(shown).join(" or ")}`;
      refuse("spire.malformed", where, `${what}, got ${shown(kubeletAddress)}`);
    }
    const config = configText(configOf(props, platform, where));
    const account = new ServiceAccountV1(this, "Account", {
      metadata: { name: NAME, namespace: NAMESPACE },
      automountServiceAccountToken: false,
    });
    const file = new ConfigMapV1(this, "Config", {
      metadata: { name: NAME, namespace: NAMESPACE },
      data: { "agent.conf": config },
    });
    const rights = new Rights(this, "Rights", {
      name: NAME,
      account: { name: NAME, namespace: NAMESPACE },
      // The kubelet asks the API server whether the agent may read its pods: it does so as nodes/proxy.
      rules: [{ apiGroups: [""], resources: ["nodes/proxy"], verbs: ["get"] }],
    });
    const network = new NetworkPolicyV1(this, "Network", networkOf(platform));
    const image = spireImage(NAME, platform, where);
    const agents = new DaemonSetV1(this, "Resource", {
      ...daemonSet(container(props, image, KUBELET_FIELDS[kubeletAddress]), digestOf(config)),
      dependsOn: [account, file, network, ...rights.ready, ...props.server.ready],
    });
    this.ready = [agents];
  }
}

function configOf({ server, logLevel, settings }: SpireAgentProps, platform: Platform, where: string): JsonObject {
  return agentConfig(
    {
      trustDomain: platform.trustDomain.name,
      clusterName: platform.cluster.name,
      serverAddress: server.address,
      serverPort: server.port,
      kubeletVariable: "KUBELET_ADDR",
      logLevel,
      settings,
    },
    where,
  );
}

/** It has its own pod address, so that network policies apply to it: only the readers of its metrics reach it. */
function networkOf(platform: Platform) {
  const { server } = SPIRE_NAMESPACE;
  return {
    metadata: { name: NAME, namespace: NAMESPACE },
    spec: {
      podSelector: { matchLabels: { ...LABELS_OF_AGENT } },
      policyTypes: ["Ingress", "Egress"],
      ingress: fromMonitoring(platform, AGENT.ports.metrics),
      egress: [
        toDns(platform),
        { to: [podsIn(server, componentLabels(SPIRE_ACCOUNT.server))], ports: tcp(SERVER.ports.grpc) },
        { to: ranges(platform.cluster.nodeCidrs), ports: tcp(KUBELET_PORT) },
      ],
    },
  };
}

function container({ resources }: SpireAgentProps, image: string, kubeletField: string) {
  const { health, metrics } = AGENT.ports;
  const { securityContext, ...rest } = hardened(NAME, image, resources ?? { cpu: "200m", memory: "256Mi" });
  return {
    ...rest,
    // Root owns the folder of the sockets on the node. The container has no capabilities.
    securityContext: { ...securityContext, runAsNonRoot: false },
    args: [...SPIRE_AGENT.args],
    env: [{ name: "KUBELET_ADDR", valueFrom: { fieldRef: { fieldPath: kubeletField } } }],
    port: ports({ healthz: health, prom: metrics }),
    livenessProbe: probe("/live", health, { first: 15, every: 60 }),
    readinessProbe: probe("/ready", health, { first: 10, every: 30 }),
    volumeMount: [
      { name: "config", mountPath: AGENT.config, readOnly: true },
      { name: "bundle", mountPath: AGENT.bundle, readOnly: true },
      { name: "token", mountPath: AGENT.token, readOnly: true },
      { name: "data", mountPath: AGENT.data },
      { name: "sockets", mountPath: AGENT.sockets },
    ],
  };
}

/** Seconds of life of the token with which it attests */
const TOKEN_SECONDS = 3600;

function daemonSet(agent: ReturnType<typeof container>, digest: string) {
  return {
    metadata: { name: NAME, namespace: NAMESPACE, labels: { ...LABELS_OF_AGENT } },
    // Ends when the pods are scheduled, not ready (kubernetes provider 2.38.0, resource_kubernetes_daemon_set_v1.go): a new
    // agent waits for the first bundle of the servers. `ambit deploy` waits for the rest.
    waitForRollout: true,
    spec: {
      selector: { matchLabels: { ...LABELS_OF_AGENT } },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "1" } },
      template: {
        metadata: { labels: { ...LABELS_OF_AGENT }, annotations: { "ambit.internal/config": digest } },
        spec: {
          serviceAccountName: NAME,
          // For the kubelet, which requires a token.
          automountServiceAccountToken: true,
          ...NODE_POD,
          // A process is attested by its number, which means something on the node only.
          hostPid: true,
          container: [agent],
          volume: [
            { name: "config", configMap: { name: NAME } },
            { name: "bundle", configMap: { name: BUNDLE.configMap } },
            { name: "data", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
            { name: "sockets", hostPath: { path: AGENT.sockets, type: "DirectoryOrCreate" } },
            {
              name: "token",
              projected: [
                {
                  sources: [
                    {
                      serviceAccountToken: {
                        path: "spire-agent",
                        audience: PSAT_AUDIENCE,
                        expirationSeconds: TOKEN_SECONDS,
                      },
                    },
                  ],
                },
              ],
            },
          ],
        },
      },
    },
  };
}
