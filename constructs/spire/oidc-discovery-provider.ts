import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { DeploymentV1 } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { PodDisruptionBudgetV1 } from "@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { refuse, shown } from "../../domain";
import { digestOf } from "../platform/digest";
import { hardened, RESTRICTED_POD } from "../platform/hardened";
import { LABELS, SPIRE_ACCOUNT, SPIRE_NAMESPACE } from "../platform/names";
import { tcp } from "../platform/peers";
import { ports, probe, spread } from "../platform/pods";
import { platformOf } from "../platform/scope";
import { spireImage } from "./images";
import { configText, type JsonObject } from "./private/json";
import { CLASS_IS_THE_CONTROLLERS, INTERNET_FACING } from "../platform/load-balancer";
import { oidcConfig } from "./private/oidc-config";
import { OIDC } from "./private/paths";
import { componentLabels } from "./private/pods";

const NAME = SPIRE_ACCOUNT.oidc;
const NAMESPACE = SPIRE_NAMESPACE.server;
const LABELS_OF_PROVIDER = componentLabels(NAME);

export interface OidcDiscoveryProviderProps {
  /**
   * Kubernetes secret (type `kubernetes.io/tls`, in `spire-server`) with a certificate that the internet trusts, for
   * the issuer's host. cert-manager renews such a secret; the provider reads it again every minute.
   */
  readonly certificateSecret: string;

  /**
   * Annotations of the load balancer's Service, for the controller that makes it.
   *
   * @default - a network load balancer of the AWS Load Balancer Controller, that faces the internet and ends no TLS
   */
  readonly loadBalancer?: Readonly<Record<string, string>>;

  /**
   * Host names under which it answers.
   *
   * @default - the host of the platform's issuer
   */
  readonly domains?: readonly string[];

  /**
   * Further settings of SPIRE. Settings that Ambit makes and unsafe settings are refused.
   *
   * @default - none
   */
  readonly settings?: JsonObject;

  /**
   * What must be done before: it needs an SVID to start.
   *
   * @default - nothing
   */
  readonly after?: readonly ITerraformDependable[];
}

/** Serves the keys of the trust domain's JWT-SVIDs to the internet, so that AWS and others can verify them. */
export class OidcDiscoveryProvider extends Construct {
  public readonly ready: readonly ITerraformDependable[];
  /** Name of its load balancer, known after apply: where the issuer's name must lead */
  public readonly address: string;

  constructor(scope: Construct, id: string, props: OidcDiscoveryProviderProps) {
    super(scope, id);
    const where = `[${this.node.path}]`;
    const platform = platformOf(this);
    if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(props.certificateSecret)) {
      const what = "certificateSecret must be the name of a Kubernetes secret";
      refuse("spire.malformed", where, `${what}, got ${shown(props.certificateSecret)}`);
    }
    const { trustDomain, issuer } = platform;
    const { domains = [new URL(issuer).host], settings } = props;
    const config = configText(oidcConfig({ trustDomain: trustDomain.name, issuer, domains, settings }, where));
    const account = new ServiceAccountV1(this, "Account", {
      metadata: { name: NAME, namespace: NAMESPACE },
      automountServiceAccountToken: false,
    });
    const file = new ConfigMapV1(this, "Config", {
      metadata: { name: NAME, namespace: NAMESPACE },
      data: { "oidc.conf": config },
    });
    const network = new NetworkPolicyV1(this, "Network", {
      metadata: { name: NAME, namespace: NAMESPACE },
      spec: {
        podSelector: { matchLabels: { ...LABELS_OF_PROVIDER } },
        policyTypes: ["Ingress", "Egress"],
        // Public keys are public; the provider itself needs no egress, as the Workload API is a socket.
        ingress: [{ ports: tcp(OIDC.ports.https) }],
      },
    });
    new PodDisruptionBudgetV1(this, "DisruptionBudget", {
      metadata: { name: NAME, namespace: NAMESPACE },
      spec: { maxUnavailable: "1", selector: { matchLabels: { ...LABELS_OF_PROVIDER } } },
    });
    const service = new ServiceV1(this, "Service", {
      metadata: { name: NAME, namespace: NAMESPACE, annotations: { ...(props.loadBalancer ?? INTERNET_FACING) } },
      waitForLoadBalancer: true,
      lifecycle: CLASS_IS_THE_CONTROLLERS,
      spec: {
        type: "LoadBalancer",
        selector: { ...LABELS_OF_PROVIDER },
        port: [{ name: "https", port: 443, targetPort: String(OIDC.ports.https), protocol: "TCP" }],
      },
    });
    this.address = service.status.get(0).loadBalancer.get(0).ingress.get(0).hostname;
    const image = spireImage(NAME, platform, where);
    const deployment = new DeploymentV1(this, "Resource", {
      ...deploymentOf(image, props.certificateSecret, digestOf(config)),
      dependsOn: [account, file, network, ...(props.after ?? [])],
    });
    this.ready = [deployment];
  }
}

function deploymentOf(image: string, secretName: string, digest: string) {
  const { https, health } = OIDC.ports;
  return {
    metadata: { name: NAME, namespace: NAMESPACE, labels: { ...LABELS_OF_PROVIDER } },
    waitForRollout: true,
    spec: {
      replicas: "2",
      selector: { matchLabels: { ...LABELS_OF_PROVIDER } },
      template: {
        metadata: {
          // The component label gets it its SVID.
          labels: { ...LABELS_OF_PROVIDER, [LABELS.component]: NAME },
          annotations: { "ambit.internal/config": digest },
        },
        spec: {
          ...RESTRICTED_POD,
          serviceAccountName: NAME,
          priorityClassName: "system-cluster-critical",
          topologySpreadConstraint: spread(LABELS_OF_PROVIDER),
          container: [
            {
              ...hardened(NAME, image, { cpu: "100m", memory: "64Mi" }),
              args: ["-config", `${OIDC.config}/oidc.conf`],
              port: ports({ https, healthz: health }),
              livenessProbe: probe("/live", health, { first: 5, every: 30 }),
              readinessProbe: probe("/ready", health, { first: 5, every: 10 }),
              volumeMount: [
                { name: "config", mountPath: OIDC.config, readOnly: true },
                { name: "tls", mountPath: OIDC.tls, readOnly: true },
                { name: "spiffe", mountPath: OIDC.workloadApi, readOnly: true },
              ],
            },
          ],
          volume: [
            { name: "config", configMap: { name: NAME } },
            { name: "tls", secret: { secretName, defaultMode: "0440" } },
            { name: "spiffe", csi: { driver: "csi.spiffe.io", readOnly: true } },
          ],
        },
      },
    },
  };
}
