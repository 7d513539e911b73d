import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { COLLECTOR_PORTS } from "../platform/control-plane";
import { digestOf } from "../platform/digest";
import type { Resources } from "../platform/hardened";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE, LABELS } from "../platform/names";
import { podsIn, tcp, toAws, toDns } from "../platform/peers";
import { podLabels } from "../platform/pods";
import { checkedReplicas, type Replicas } from "../platform/replicas";
import { scaledPods } from "../platform/scaled-pods";
import { platformOf } from "../platform/scope";
import { MONITORING_CODE } from "./private/cloudwatch-limits";
import { deployedConfig, METRIC_DAYS, metricLogGroup } from "./private/collector-config";
import { FILE } from "./private/collector-files";
import { collectorPod, SVID } from "./private/collector-pod";

const NAME = CONTROL_ACCOUNT.collector;
const METADATA = { name: NAME, namespace: CONTROL_NAMESPACE };
const LABELS_OF_COLLECTOR = podLabels(NAME, "ambit");
/** Seconds in which it sends what it holds */
const STOPPING = 30;

export interface TelemetryCollectorProps {
  /**
   * Pods, by their load; at least two.
   *
   * @default - 2 to 10
   */
  readonly replicas?: Replicas;
  /**
   * Resources a pod asks for and may not exceed.
   *
   * @default - 500m CPU, 512Mi memory
   */
  readonly resources?: Resources;
  /**
   * What must be there before: the control namespace.
   *
   * @default - nothing
   */
  readonly after?: readonly ITerraformDependable[];
}

/**
 * OpenTelemetry's collector: takes traces and metrics over mutual TLS and sends them to CloudWatch and X-Ray.
 *
 * Exchange and gateway use one port. Agents' pods use another, which accepts traces only: alarms watch metrics of the
 * control plane alone, or one agent could have another one stopped. An agent's own container has no SVID, so only its
 * companion can connect.
 */
export class TelemetryCollector extends Construct {
  public readonly ready: readonly ITerraformDependable[];

  /** @throws DeclarationError `monitoring.malformed`, `image.unpinned` */
  constructor(scope: Construct, id: string, props: TelemetryCollectorProps = {}) {
    super(scope, id);
    const where = `[${this.node.path}]`;
    const platform = platformOf(this);
    const { after = [], resources = { cpu: "500m", memory: "512Mi" } } = props;
    const replicas = checkedReplicas(props.replicas ?? { min: 2, max: 10 }, where, {
      code: MONITORING_CODE,
      stopped: "alarms",
    });
    const dependsOn = [...after];
    const data = {
      [FILE.config]: jsonText(deployedConfig(platform, SVID.files)),
      [FILE.helper]: jsonText(SVID.config()),
    };
    const before = [
      new CloudwatchLogGroup(this, "Metrics", { name: metricLogGroup(platform), retentionInDays: METRIC_DAYS }),
      new ConfigMapV1(this, "Config", { metadata: METADATA, data, dependsOn }),
      new ServiceAccountV1(this, "Account", { metadata: METADATA, automountServiceAccountToken: false, dependsOn }),
      this.makeService(dependsOn),
      this.makeNetwork(dependsOn),
    ];
    const images = { collector: platform.image("collector", where), helper: platform.image("spiffe-helper", where) };
    const pod = collectorPod({ images, resources, platform });
    const deployment = scaledPods(this, {
      ...METADATA,
      ...pod,
      replicas,
      isAwaited: false,
      annotations: { "ambit.internal/config": digestOf(...Object.values(data)) },
      stoppingSeconds: STOPPING,
      before,
      after,
    });
    this.ready = [deployment];
  }

  private makeService(dependsOn: ITerraformDependable[]): ITerraformDependable {
    const { control, agents } = COLLECTOR_PORTS;
    const port = Object.entries({ control, agents }).map(([name, number]) => ({
      name,
      port: number,
      targetPort: String(number),
      protocol: "TCP",
    }));
    return new ServiceV1(this, "Service", {
      metadata: METADATA,
      spec: { selector: { ...LABELS_OF_COLLECTOR }, port },
      dependsOn,
    });
  }

  /** The control plane comes by its port and agents by theirs; DNS and AWS are reached. The kubelet needs no rule. */
  private makeNetwork(dependsOn: ITerraformDependable[]): ITerraformDependable {
    const platform = platformOf(this);
    const named = (name: string) => podsIn(CONTROL_NAMESPACE, { "app.kubernetes.io/name": name });
    const agents = {
      namespaceSelector: { matchLabels: { [LABELS.namespace]: "agents" } },
      podSelector: { matchLabels: { [LABELS.managed]: "true" } },
    };
    return new NetworkPolicyV1(this, "Network", {
      metadata: METADATA,
      spec: {
        podSelector: { matchLabels: { ...LABELS_OF_COLLECTOR } },
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          {
            from: [named(CONTROL_ACCOUNT.exchange), named(CONTROL_ACCOUNT.gateway)],
            ports: tcp(COLLECTOR_PORTS.control),
          },
          { from: [agents], ports: tcp(COLLECTOR_PORTS.agents) },
        ],
        egress: [toDns(platform), ...toAws(platform)],
      },
      dependsOn,
    });
  }
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
