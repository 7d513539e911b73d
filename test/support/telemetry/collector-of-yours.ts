import type { CollectorPods } from "../../../constructs/platform/platform-props";
import type { Platform } from "../../../constructs/platform/platform";
import { clusterWith, platformWith } from "../synth";

const PODS: CollectorPods = {
  address: "http://collector.monitoring.svc:4318",
  namespace: "monitoring",
  podLabels: { app: "c" },
};

/** The example platform with a collector of its owner's, for which a configuration is written */
export function platformWithOwnCollector(): Platform {
  return platformWith({ cluster: clusterWith(PODS) });
}
