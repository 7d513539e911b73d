import type { JsonObject } from "./json";
import { CLASS_NAME, CONTROLLER_MANAGER, SERVER, WEBHOOK_NAME } from "./paths";

export interface ControllerManagerConfigProps {
  readonly trustDomain: string;
  readonly clusterName: string;
  readonly clusterDomain: string;
  readonly namespace: string;
}

/** Entries are compared with the cluster at least this often, in nanoseconds (a Go duration): 10 s */
const RECONCILE_EVERY = 10_000_000_000;

/** Namespaces whose pods get no identity from any ClusterSPIFFEID, as anchored regular expressions */
const IGNORED = ["^kube-.*$", "^default$", "^spire-system$"];

/** Configuration file of the SPIRE controller manager (JSON is YAML). */
export function controllerManagerConfig(props: ControllerManagerConfigProps): JsonObject {
  return {
    apiVersion: "spire.spiffe.io/v1alpha1",
    kind: "ControllerManagerConfig",
    clusterName: props.clusterName,
    clusterDomain: props.clusterDomain,
    trustDomain: props.trustDomain,
    className: CLASS_NAME,
    watchClassless: false,
    ignoreNamespaces: IGNORED,
    validatingWebhookConfigurationName: WEBHOOK_NAME,
    spireServerSocketPath: `${SERVER.socket}/api.sock`,
    gcInterval: RECONCILE_EVERY,
    leaderElection: {
      leaderElect: true,
      resourceName: "controller-manager.spire.spiffe.io",
      resourceNamespace: props.namespace,
    },
    reconcile: { clusterSPIFFEIDs: true, clusterFederatedTrustDomains: true, clusterStaticEntries: false },
    metrics: { bindAddress: `:${CONTROLLER_MANAGER.ports.metrics}` },
    health: { healthProbeBindAddress: `:${CONTROLLER_MANAGER.ports.health}` },
    logLevel: "info",
    logEncoding: "json",
  };
}
