import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import { ValidatingWebhookConfigurationV1 } from "@cdktf/provider-kubernetes/lib/validating-webhook-configuration-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { hardened, variables } from "../platform/hardened";
import { SPIRE_ACCOUNT, SPIRE_NAMESPACE } from "../platform/names";
import { ports, probe } from "../platform/pods";
import { platformOf } from "../platform/scope";
import { spireImage } from "./images";
import { controllerManagerConfig } from "./private/controller-manager-config";
import { configText } from "./private/json";
import { CONTROLLER_MANAGER, SERVER, WEBHOOK_NAME } from "./private/paths";
import { Rights } from "./private/rights";
import { controllerManagerSize } from "./private/sizing";
import { REGISTRATION_WEBHOOKS } from "./registration-webhooks";
import { SPIRE_CONTROLLER_MANAGER } from "./spire-processes";

const NAME = CONTROLLER_MANAGER.name;
const SERVICE = CONTROLLER_MANAGER.service;
const FILE = CONTROLLER_MANAGER.file;
const { server: NAMESPACE } = SPIRE_NAMESPACE;
const ACCOUNT = { name: SPIRE_ACCOUNT.server, namespace: NAMESPACE };

export interface SpireControllerManagerProps {
  /** Labels of the pods it runs in */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Pods that get an identity, which its memory grows with */
  readonly workloads: number;
  /**
   * DNS domain of the cluster's services.
   *
   * @default "cluster.local"
   */
  readonly clusterDomain?: string;
}

/**
 * Turns ClusterSPIFFEIDs and pods into entries of the SPIRE server, from a container beside it.
 *
 * Its webhook refuses what it cannot read, from the first apply: it asks for the webhook's configuration when it starts,
 * so that must be there before the pods, and the custom resources after them.
 */
export class SpireControllerManager extends Construct {
  /** What must be there before the pod starts */
  public readonly ready: readonly ITerraformDependable[];
  /** Text of its configuration; a changed one must start new pods */
  public readonly config: string;
  private readonly image: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SpireControllerManagerProps,
  ) {
    super(scope, id);
    const platform = platformOf(this);
    this.image = spireImage(NAME, platform, `[${this.node.path}]`);
    this.config = configText(
      controllerManagerConfig({
        trustDomain: platform.trustDomain.name,
        clusterName: platform.cluster.name,
        clusterDomain: props.clusterDomain ?? "cluster.local",
        namespace: NAMESPACE,
      }),
    );
    const config = new ConfigMapV1(this, "Config", {
      metadata: { name: NAME, namespace: NAMESPACE },
      data: { [FILE]: this.config },
    });
    const service = new ServiceV1(this, "Service", {
      metadata: { name: SERVICE, namespace: NAMESPACE },
      spec: {
        selector: { ...props.podLabels },
        port: [{ name: "webhook", port: 443, targetPort: String(CONTROLLER_MANAGER.ports.webhook), protocol: "TCP" }],
      },
    });
    const cluster = new Rights(this, "Rights", { name: NAME, account: ACCOUNT, rules: CLUSTER_RULES });
    const election = new Rights(this, "Election", {
      name: `${NAME}-leader-election`,
      namespace: NAMESPACE,
      account: ACCOUNT,
      rules: ELECTION_RULES,
    });
    this.ready = [config, service, this.webhook(service), ...cluster.ready, ...election.ready];
  }

  /** The container, for the pod of the server */
  public get container() {
    return {
      ...hardened(NAME, this.image, controllerManagerSize(this.props.workloads)),
      args: [...SPIRE_CONTROLLER_MANAGER.args],
      env: variables(SPIRE_CONTROLLER_MANAGER.env),
      port: ports({
        webhook: CONTROLLER_MANAGER.ports.webhook,
        "hp-cm": CONTROLLER_MANAGER.ports.health,
        "pm-cm": CONTROLLER_MANAGER.ports.metrics,
      }),
      livenessProbe: probe("/healthz", CONTROLLER_MANAGER.ports.health, { first: 15, every: 20 }),
      readinessProbe: probe("/readyz", CONTROLLER_MANAGER.ports.health, { first: 5, every: 10 }),
      volumeMount: [
        { name: "server-socket", mountPath: SERVER.socket, readOnly: true },
        { name: "controller-manager-config", mountPath: CONTROLLER_MANAGER.config, readOnly: true },
        // It keeps the webhook's certificate there.
        { name: "controller-manager-tmp", mountPath: "/tmp" },
      ],
    };
  }

  public get volumes() {
    return [
      { name: "controller-manager-config", configMap: { name: String(NAME) } },
      { name: "controller-manager-tmp", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
    ];
  }

  private webhook(service: ITerraformDependable): ITerraformDependable {
    return new ValidatingWebhookConfigurationV1(this, "Webhook", {
      metadata: { name: WEBHOOK_NAME },
      webhook: REGISTRATION_WEBHOOKS,
      dependsOn: [service],
      // The controller manager writes the CA of its certificate, which SPIRE signs and rotates.
      lifecycle: { ignoreChanges: REGISTRATION_WEBHOOKS.map((_, at) => `webhook[${at}].client_config[0].ca_bundle`) },
    });
  }
}

/** What it reads to make entries, and the status it writes: no custom resource is its own. */
const CLUSTER_RULES = [
  { apiGroups: [""], resources: ["endpoints", "namespaces", "nodes", "pods"], verbs: ["get", "list", "watch"] },
  {
    apiGroups: ["spire.spiffe.io"],
    resources: ["clusterfederatedtrustdomains", "clusterspiffeids"],
    verbs: ["get", "list", "watch"],
  },
  { apiGroups: ["spire.spiffe.io"], resources: ["clusterspiffeids/status"], verbs: ["update"] },
  {
    // A watch of one object is a list by field, to which a name cannot be given.
    apiGroups: ["admissionregistration.k8s.io"],
    resources: ["validatingwebhookconfigurations"],
    verbs: ["list", "watch"],
  },
  {
    apiGroups: ["admissionregistration.k8s.io"],
    resources: ["validatingwebhookconfigurations"],
    resourceNames: [WEBHOOK_NAME],
    verbs: ["get", "patch"],
  },
];

/** The lease by which one of the replicas writes entries; a new one can be given no name beforehand. */
const ELECTION_RULES = [
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create"] },
  {
    apiGroups: ["coordination.k8s.io"],
    resources: ["leases"],
    resourceNames: ["controller-manager.spire.spiffe.io"],
    verbs: ["get", "update"],
  },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
];
