import { podsIn, tcp } from "../../platform/peers";
import type { Platform } from "../../platform/platform";

/** Who may read the metrics; nobody where the platform names nobody. */
export function fromMonitoring({ cluster }: Platform, ...ports: readonly number[]) {
  const { monitoring } = cluster;
  return monitoring === undefined
    ? []
    : [{ from: [podsIn(monitoring.namespace, monitoring.podLabels)], ports: tcp(...ports) }];
}
