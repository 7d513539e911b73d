import type { Agent } from "node:https";
import { SvidAgent } from "../workload-api/svid-agent";
import type { SvidSource } from "../workload-api/svid";
import type { TelemetryConfig } from "./telemetry-config";

/** What connects to a collector that is known by its SPIFFE ID; undefined if it is not: then no certificate is shown */
export function collectorAgent(
  config: TelemetryConfig | undefined,
  source: Pick<SvidSource, "current" | "lastProblem">,
): Agent | undefined {
  const { spiffeId } = config ?? {};
  return spiffeId === undefined
    ? undefined
    : new SvidAgent(source, { peer: "the collector", spiffeId: () => spiffeId });
}
