import {
  DeploymentV1,
  type DeploymentV1SpecTemplateSpecContainer,
  type DeploymentV1SpecTemplateSpecVolume,
} from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { PodDisruptionBudgetV1 } from "@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { RESTRICTED_POD } from "../../platform/hardened";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE, LABELS } from "../../platform/names";
import { fromMonitoring, podsIn, tcp, toAws, toDns } from "../../platform/peers";
import { podLabels, spread } from "../../platform/pods";
import { platformOf } from "../../platform/scope";
import { opaImage } from "../images";
import { CONFIG_MOUNT, FILE, FOLDER, OPA_PORT } from "./opa-pod";
import { SVID } from "./svid-files";

const NAME = CONTROL_ACCOUNT.opa;
const NAMESPACE = CONTROL_NAMESPACE;
const LABELS_OF_OPA = podLabels(NAME, "ambit");

export interface OpaPodsProps {
  readonly container: DeploymentV1SpecTemplateSpecContainer;
  readonly volumes: readonly DeploymentV1SpecTemplateSpecVolume[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly replicas: number;
  /** Whether it fetches its bundle from AWS */
  readonly fetches: boolean;
  readonly after: readonly ITerraformDependable[];
}

/** OPA as pods of its own that answer only the authorizer, over mutual TLS. */
export class OpaPods extends Construct {
  public readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: OpaPodsProps) {
    super(scope, id);
    const metadata = { name: NAME, namespace: NAMESPACE };
    const { after } = props;
    const account = new ServiceAccountV1(this, "Account", {
      metadata,
      automountServiceAccountToken: false,
      dependsOn: [...after],
    });
    const service = new ServiceV1(this, "Service", {
      metadata,
      spec: {
        selector: { ...LABELS_OF_OPA },
        port: [
          { name: "decisions", port: OPA_PORT.decisions, targetPort: String(OPA_PORT.decisions), protocol: "TCP" },
        ],
      },
      dependsOn: [...after],
    });
    new PodDisruptionBudgetV1(this, "DisruptionBudget", {
      metadata,
      spec: { maxUnavailable: "1", selector: { matchLabels: { ...LABELS_OF_OPA } } },
      dependsOn: [...after],
    });
    const network = this.makeNetwork(props);
    const deployment = new DeploymentV1(this, "Resource", {
      ...this.pods(props),
      dependsOn: [account, service, network, ...after],
    });
    this.ready = [deployment];
  }

  private makeNetwork({ fetches, after }: OpaPodsProps): ITerraformDependable {
    const platform = platformOf(this);
    const gateway = podsIn(NAMESPACE, { "app.kubernetes.io/name": CONTROL_ACCOUNT.gateway });
    return new NetworkPolicyV1(this, "Network", {
      metadata: { name: NAME, namespace: NAMESPACE },
      spec: {
        podSelector: { matchLabels: { ...LABELS_OF_OPA } },
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          { from: [gateway], ports: tcp(OPA_PORT.decisions) },
          ...fromMonitoring(platform, OPA_PORT.diagnostics),
        ],
        ...(fetches ? { egress: [toDns(platform), ...toAws(platform)] } : {}),
      },
      dependsOn: [...after],
    });
  }

  private pods({ container, volumes, annotations, replicas }: OpaPodsProps) {
    const where = `[${this.node.path}]`;
    const helpers = SVID.helpers(opaImage("spiffe-helper", platformOf(this), where), {
      file: `${FOLDER.config}/${FILE.helper}`,
      mount: CONFIG_MOUNT,
    });
    return {
      metadata: { name: NAME, namespace: NAMESPACE, labels: { ...LABELS_OF_OPA } },
      waitForRollout: true,
      spec: {
        replicas: String(replicas),
        selector: { matchLabels: { ...LABELS_OF_OPA } },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "1", maxUnavailable: "0" } },
        template: {
          metadata: {
            // The component label gets it its SVID.
            labels: { ...LABELS_OF_OPA, [LABELS.component]: NAME },
            annotations: { ...annotations },
          },
          spec: {
            ...RESTRICTED_POD,
            serviceAccountName: NAME,
            priorityClassName: "system-cluster-critical",
            topologySpreadConstraint: spread(LABELS_OF_OPA),
            initContainer: [helpers.once],
            container: [container, helpers.always],
            volume: [...volumes, ...SVID.volumes],
          },
        },
      },
    };
  }
}
