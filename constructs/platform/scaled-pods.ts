import {
  DeploymentV1,
  type DeploymentV1SpecTemplateSpecContainer,
  type DeploymentV1SpecTemplateSpecVolume,
} from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { HorizontalPodAutoscalerV2 } from "@cdktf/provider-kubernetes/lib/horizontal-pod-autoscaler-v2";
import { PodDisruptionBudgetV1 } from "@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { RESTRICTED_POD } from "./hardened";
import { LABELS } from "./names";
import { podLabels, spread } from "./pods";

/** Percent of what a pod asks for; requests are its work, and they come in bursts. */
const BUSY = 60;

export interface ScaledPodsProps {
  /** Also its service account, and its component for SPIRE */
  readonly name: string;
  readonly namespace: string;
  readonly replicas: { readonly min: number; readonly max: number };
  /** Another value of one starts new pods. */
  readonly annotations: Record<string, string>;
  /** For a pod to end after it was told to */
  readonly stoppingSeconds: number;
  /** @default - none */
  readonly initContainers?: readonly DeploymentV1SpecTemplateSpecContainer[];
  readonly containers: readonly DeploymentV1SpecTemplateSpecContainer[];
  readonly volumes: readonly DeploymentV1SpecTemplateSpecVolume[];
  /**
   * Whether agents wait for it, so that others make room for it.
   *
   * @default true
   */
  readonly isAwaited?: boolean;
  /** What must be there before the pods */
  readonly before: readonly ITerraformDependable[];
  /** What must be there before all of it */
  readonly after: readonly ITerraformDependable[];
}

/** Pods of the control plane: replaced one by one, never all of a node at once, and as many as their load needs. */
export function scaledPods(scope: Construct, props: ScaledPodsProps): DeploymentV1 {
  const { name, namespace, replicas, annotations, stoppingSeconds, containers, volumes, before, after } = props;
  const { initContainers = [], isAwaited = true } = props;
  const metadata = { name, namespace };
  const labels = podLabels(name, "ambit");
  const matchLabels = { ...labels };
  new PodDisruptionBudgetV1(scope, "DisruptionBudget", {
    metadata,
    spec: { maxUnavailable: "1", selector: { matchLabels } },
    dependsOn: [...after],
  });
  const deployment = new DeploymentV1(scope, "Resource", {
    metadata: { ...metadata, labels: matchLabels },
    waitForRollout: true,
    // Their number is the autoscaler's.
    lifecycle: { ignoreChanges: ["spec[0].replicas"] },
    spec: {
      replicas: String(replicas.min),
      selector: { matchLabels },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "1", maxUnavailable: "0" } },
      template: {
        // The component label gets it its SVID.
        metadata: { labels: { ...matchLabels, [LABELS.component]: name }, annotations },
        spec: {
          ...RESTRICTED_POD,
          serviceAccountName: name,
          ...(isAwaited && { priorityClassName: "system-cluster-critical" }),
          terminationGracePeriodSeconds: stoppingSeconds,
          topologySpreadConstraint: spread(labels),
          ...(initContainers.length > 0 && { initContainer: [...initContainers] }),
          container: [...containers],
          volume: [...volumes],
        },
      },
    },
    dependsOn: [...before, ...after],
  });
  new HorizontalPodAutoscalerV2(scope, "Autoscaler", {
    metadata,
    spec: {
      minReplicas: replicas.min,
      maxReplicas: replicas.max,
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      metric: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: BUSY } } },
      ],
    },
    dependsOn: [deployment],
  });
  return deployment;
}
